"""Every format that is stored or published: typed, versioned (``format``), encoded and decoded here alone.

A reader of an older format exists as long as such documents can exist. A later format or a broken document
raises ``UnreadableDocument``; nothing is guessed.
"""
