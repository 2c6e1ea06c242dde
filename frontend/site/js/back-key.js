// The back key goes one step back inside a paper or a form: each step is an entry of the browser's history.

const depth = () => history.state?.depth || 0;

/**
 * A step is an object: of a paper `{place, over}`, the question looked at, and whether the "list" or the "review" lies over it;
 * of a form `{at}`. `show(step)` is called when the back key, or the one forward, has led to one. `begin(step)` is where a paper
 * was opened; once it is `over()`, the key leaves it.
 */
export function backKey(show) {
  const here = location.hash;
  let finished = false;
  const popped = ({ state }) => {
    if (location.hash !== here || !state) return; // another screen
    if (!finished) show(state);
    else history.go(-depth() - 1); // past all steps of a paper that is handed in
  };
  addEventListener("popstate", popped);
  const stop = () => removeEventListener("popstate", popped);
  return {
    begin: (step) => depth() || history.replaceState({ ...step, depth: 0 }, ""),
    step: (step) => history.pushState({ ...step, depth: depth() + 1 }, ""),
    /** Whether this step has the list, or the review, over the paper. */
    lies: (over) => history.state?.over === over,
    /** Another step in place of the list. */
    instead: (step) => history.replaceState({ ...step, depth: depth() }, ""),
    /** Closes what lies over the paper. */
    back: () => history.back(),
    over() {
      finished = true;
    },
    stop,
    /** Calls `then` at the first entry: the steps lie ahead, and nobody comes back to them. */
    leave(then) {
      stop();
      if (!depth()) return void then();
      addEventListener("popstate", then, { once: true });
      history.go(-depth());
    },
  };
}
