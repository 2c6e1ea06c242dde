// Says what is wrong if the page does not come up. ES5, for every browser; loaded in parallel with everything else, so that
// nothing waits for it. main.js sets aria-busy on <main> when it runs, and data-started on <html> with its first screen.

(function () {
  var PATIENCE_MS = 8000; // as in style.css
  var APP_SECONDS = 22; // more if the app waits for an answer: its calls give up after 20 s
  var HOTLINE = "cuoc-thi:hotline";
  var NEEDED = ["AbortController", "Promise", "fetch", "globalThis"];
  var KEPT = " Câu trả lời đã lưu không bị mất.";
  var WORDS = {
    old: ["Trình duyệt này quá cũ",
      "Hãy cập nhật trình duyệt (từ năm 2022 trở lại đây), hoặc mở trang bằng trình duyệt hay thiết bị khác.",
      "Please update your browser, or use another browser or device."],
    lost: ["Trang chưa mở được",
      "Một phần của trang chưa tải về được, hoặc trình duyệt này quá cũ. Hãy kiểm tra kết nối mạng rồi bấm “Tải lại”." + KEPT,
      "The page has not opened. Please check your connection and reload."],
    slow: ["Trang mở chậm hơn thường lệ",
      "Trang sẽ tự hiện ra khi tải xong. Nếu phải chờ lâu, hãy bấm “Tải lại”." + KEPT,
      "The page is slow to open. It appears by itself; if not, reload."],
    bare: ["Trang hiển thị chưa đúng",
      "Trang vẫn dùng được. Bấm “Tải lại” để hiển thị đúng." + KEPT,
      "The page works. Reload to see it properly."]
  };
  var told = {};
  /** @type {HTMLElement | null} */
  var box = null; // replaces the first screen
  var seconds = 0;

  function byId(id) {
    return /** @type {HTMLElement} */ (document.getElementById(id));
  }

  /** @returns {any[]} */
  function all(selector) {
    return [].slice.call(document.querySelectorAll(selector));
  }

  function started() {
    return document.documentElement.hasAttribute("data-started");
  }

  function tooOld() {
    var i;
    for (i = 0; i < NEEDED.length; i += 1) if (!(NEEDED[i] in window)) return true;
    return !("noModule" in document.createElement("script")) || !("replaceChildren" in Element.prototype);
  }

  function remove(element) {
    if (element) element.parentNode.removeChild(element);
  }

  function add(parent, tag, look, text) {
    var element = document.createElement(tag);
    element.className = look;
    element.appendChild(document.createTextNode(text));
    return parent.appendChild(element);
  }

  /** Puts the box above the app's screen, or in place of its first screen. */
  function tell(kind) {
    var main = byId("main");
    var above = kind === "old" || kind === "bare";
    var made;
    var button;
    if (!byId("foot")) return void setTimeout(function () { tell(kind); }, 50); // the browser is still reading the page
    if (told[kind] || told.old || (started() && !above)) return;
    told[kind] = true;
    if (kind !== "bare") remove(byId("late"));
    if (above) {
      made = /** @type {Node} */ (main.parentNode).insertBefore(document.createElement("section"), main);
    } else {
      while (main.firstChild) remove(main.firstChild);
      made = box = main.appendChild(document.createElement("section"));
    }
    made.className = "guard narrow";
    made.setAttribute("role", "alert");
    add(made, above ? "h2" : "h1", "", WORDS[kind][0]);
    add(made, "p", "", WORDS[kind][1]);
    add(made, "p", "hint", WORDS[kind][2]).lang = "en";
    button = add(add(made, "p", "actions", ""), "button", "button primary", "Tải lại");
    button.onclick = function () {
      button.disabled = true;
      reload(button);
    };
    hotline(add(made, "p", "", ""));
  }

  /** First bypasses damaged copies in cache and store. If nothing answers, these words are more useful than the browser's. */
  function reload(button) {
    var parts = all("script[src], link[rel='stylesheet'], link[rel='modulepreload']");
    var left = parts.length;
    var answered = false;
    function finish() {
      if (answered) return location.reload();
      button.disabled = false;
      button.firstChild.data = "Chưa kết nối được. Tải lại lần nữa";
      button.onclick = function () { location.reload(); };
    }
    function came() {
      answered = true;
      done();
    }
    function done() {
      left -= 1;
      if (left === 0) finish();
    }
    if (!window.fetch) return location.reload();
    setTimeout(finish, PATIENCE_MS);
    parts.forEach(function (part) {
      fetch(part.src || part.href, { cache: "reload" }).then(function (answer) { return answer.text(); }).then(came, done);
    });
  }

  /** The contact as main.js last kept it, then as the contest's file gives it now. */
  function hotline(place) {
    var request = new XMLHttpRequest();
    function show(text, read) {
      var line;
      try {
        line = read(JSON.parse(text));
        if (!line) return;
        while (place.firstChild) remove(place.firstChild);
        add(place, "span", "", "Đường dây nóng: ");
        add(place, "a", "", line).href = "tel:" + line.replace(/[^\d+]/g, "");
        localStorage.setItem(HOTLINE, JSON.stringify(line));
      } catch (error) {
        // There is no answer, or nothing can be stored.
      }
    }
    request.onload = function () {
      show(request.responseText, function (contest) { return contest.hotline; });
    };
    request.open("GET", "/data/contest.json");
    request.send();
    try {
      show(localStorage.getItem(HOTLINE), function (line) { return line; });
    } catch (error) {
      // Nothing is stored.
    }
  }

  /** Finds failures from before this script ran by the parts that are missing. */
  function loaded() {
    if (getComputedStyle(byId("skip")).position !== "absolute") tell("bare");
    if (!byId("main").hasAttribute("aria-busy")) tell("lost");
  }

  function look() {
    if (started()) return;
    setTimeout(look, 1000);
    all("link[rel='stylesheet']").forEach(function (link) {
      if (link.sheet) return;
      remove(link); // it stops the browser from rendering and the app from running
      tell("bare");
    });
    if (box && box.parentNode) return;
    // The app has shown “Đang tải…” there.
    if (byId("foot") && !byId("late")) {
      seconds = byId("waiting").hidden ? seconds + 1 : 0;
      if (seconds < APP_SECONDS) return;
    }
    seconds = 0;
    told.slow = false;
    tell("slow");
  }

  if (tooOld()) return void tell("old");
  window.addEventListener("error", function (event) {
    var part = /** @type {any} */ (event.target);
    if (part.tagName === "LINK" && part.rel === "stylesheet") tell("bare");
    // Ignores anything that a browser extension loads or does.
    if (part.tagName !== "LINK" && String(part.src || event.filename).indexOf(location.origin + "/") === 0) tell("lost");
  }, true);
  if (document.readyState === "complete") loaded();
  else window.addEventListener("load", loaded);
  setTimeout(look, PATIENCE_MS);
}());
