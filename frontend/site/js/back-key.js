// The back key goes one step back inside a paper: each step is an entry of the browser's history.

const depth = () => history.state?.depth || 0;

/**
 * A step is `{place, over}`: the question looked at, and whether the "list" or the "review" lies over it. `show(step)` is called
 * when the back key, or the one forward, has led to one. `begin(step)` is where the paper was opened; once it is `over()`, the key
 * leaves it.
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
  return {
    begin: (step) => depth() || history.replaceState({ ...step, depth: 0 }, ""),
    step: (step) => history.pushState({ ...step, depth: depth() + 1 }, ""),
    /** Another step in place of the list. */
    instead: (step) => history.replaceState({ ...step, depth: depth() }, ""),
    /** Closes what lies over the paper. */
    back: () => history.back(),
    over() {
      finished = true;
    },
    stop: () => removeEventListener("popstate", popped),
  };
}
