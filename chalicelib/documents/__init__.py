"""Every format that is stored or published: typed, versioned (``format``), encoded and decoded here alone.

A reader of an older format exists as long as such documents can exist; a later one, or a broken document,
raises ``UnreadableDocument`` instead of being guessed at.
"""
