// Which screen an address names.

/** A cut-off "%" stays as it is: a link that a chat program broke still opens its screen. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return text;
  }
}

/** `#/paper/123?x=1` → {name: "paper", argument: "123", query} */
export function parseRoute(hash) {
  const [path, query] = hash.replace(/^#\/?/, "").split("?");
  const [name, argument = ""] = path.split("/");
  return { name, argument: decoded(argument), query: new URLSearchParams(query || "") };
}
