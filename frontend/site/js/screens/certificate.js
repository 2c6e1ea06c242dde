// A certificate of a closed week, or of a prize of the end, and a picture to share; both are made on the device.

import { api } from "../api.js";
import { packed, shortOf } from "../certificate-code.js";
import { certificate, shareCard } from "../certificate-picture.js";
import { fill, h } from "../dom.js";
import { date, number } from "../format.js";
import { placeAtTheEnd, placeOf, resultOf } from "../places.js";
import { savePicture } from "../save-file.js";
import { styled } from "../styles.js";
import { isEnglish, t } from "../texts.js";
import "../texts-certificate.js";

const site = () => `${location.origin}/`;

export async function screen({ argument, contest }) {
  const [me] = await Promise.all([api.me(), styled("own.css")]);
  const end = argument === "chung-cuoc" && (await placeAtTheEnd(me.pseudonyms));
  const own = me.pseudonyms.find((one) => one.week === (end ? end.of : Number(argument)));
  const place = end || (own && (await placeOf(own.week, own.pseudonym)));
  const title = t("cert.title");
  if (!own || !place || place.state !== "ranked") {
    const none = t(argument === "chung-cuoc" ? "cert.noneAtTheEnd" : "cert.none");
    return { title, content: h("section", { class: "narrow" }, h("h1", null, title), h("p", { class: "notice" }, none),
      h("p", null, h("a", { href: "#/me" }, t("nav.me")))) };
  }
  const told = { ...place, week: own.week, end: Boolean(end), name: me.participant.full_name, unit: own.unit };
  const link = `${site()}#/xac-thuc/${packed(told, { person: own, result: place })}`;
  const lines = linesOf(told, contest);
  const picture = certificate(lines, link, contest.emblem && (await loaded(`/data/${contest.emblem.file}`)));
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", Object.values(lines).flat().filter(Boolean).join(". "));
  const sheet = h("div", { class: "across" }, picture);
  const size = h("button", { class: "button quiet", type: "button" }, t("cert.enlarge"));
  size.addEventListener("click", () => {
    const large = picture.classList.toggle("large");
    size.textContent = t(large ? "cert.reduce" : "cert.enlarge");
    sheet.scrollLeft = (sheet.scrollWidth - sheet.clientWidth) / 2;
  });
  const said = h("p", { class: "hint", role: "status" });
  const save = () => {
    savePicture(`giay-chung-nhan-${told.end ? argument : `tuan-${told.week}`}.png`, picture);
    fill(said, t("cert.saved"));
  };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      fill(said, t("cert.copied"));
    } catch (error) {
      fill(said, h("span", { class: "digest" }, link)); // to be copied by hand
    }
  };
  const content = [
    h("section", { class: "certificate" },
      h("h1", { class: "unprinted" }, title, " – ", t("home.week", { week: resultOf(told) })),
      h("p", { class: "enlarge unprinted" }, size),
      sheet,
      h("div", { class: "unprinted" },
        !told.decision && h("p", { class: "notice" }, t("cert.provisional")),
        said,
        h("p", { class: "actions" },
          h("button", { class: "button primary", type: "button", onclick: save }, t("cert.save")),
          h("button", { class: "button", type: "button", onclick: () => print() }, t("cert.print")),
          h("a", { class: "button", href: link.slice(site().length) }, t("cert.check")),
          navigator.clipboard && h("button", { class: "button", type: "button", onclick: copy }, t("cert.copy"))),
        h("p", null, t("cert.short"), " ", h("code", null, shortOf(told))),
        h("p", { class: "hint" }, t("cert.private")))),
    shareSection(told, contest),
  ];
  return { title, content };
}

/** A picture, or null where it does not come: the sheet is good without it. */
const loaded = (src) => new Promise((resolve) => {
  const picture = new Image();
  picture.onload = () => resolve(picture);
  picture.onerror = () => resolve(null);
  picture.src = src;
});

/** Everything that is written on the certificate; rank and prize once they are recognised. */
function linesOf(told, contest) {
  const { week, end, score, total, rank, ranked, prize, decision, decided_on: day, name, unit } = told;
  const weeks = contest.weeks.filter((one) => end || one.number === week);
  const [from, to] = weeks.length ? [weeks[0].opens_at, weeks[weeks.length - 1].closes_at] : [];
  const english = isEnglish();
  return {
    organiser: (english && contest.organiser_en) || contest.organiser,
    contest: (english && contest.title_en) || contest.title,
    title: t(decision && prize ? "cert.wins" : "cert.takesPart"),
    lead: t("cert.lead"),
    name,
    unit,
    what: [[t(end ? "cert.tookAll" : "cert.took", { week, score: number(score), total: number(total) }),
      decision && t("cert.rank", { rank: number(rank), ranked: number(ranked) })].filter(Boolean).join(", "),
    decision && prize && t("cert.prize", { prize })].filter(Boolean),
    basis: [decision && t("cert.decision", { decision, day: date(`${day}T12:00:00Z`) }),
      from && t(date(from) === date(to) ? "cert.day" : "cert.when", { from: date(from), to: date(to) })].filter(Boolean),
    check: [t("cert.scan", { address: `${location.host}/#/xac-thuc`, short: shortOf(told) }), t("cert.signed")],
  };
}

/** The card names nobody unless the person says so. */
function shareSection(told, contest) {
  const place = h("div");
  const own = h("input", { type: "checkbox", onchange: () => draw() });
  const english = isEnglish();
  let card;
  const draw = () => {
    card = shareCard({
      organiser: (english && contest.organiser_en) || contest.organiser,
      title: (english && contest.title_en) || contest.title,
      what: told.end ? t("share.whatAll") : t("share.what", { week: told.week }),
      own: own.checked ? t("share.result", { person: told.name, score: number(told.score), total: number(told.total) }) : "",
    }, site());
    card.setAttribute("role", "img");
    card.setAttribute("aria-label", t("share.title"));
    fill(place, card);
  };
  draw();
  const said = h("p", { class: "hint", role: "status" });
  const save = () => {
    savePicture("cuoc-thi.png", card);
    fill(said, t("share.saved"));
  };
  return h("section", { class: "share unprinted", "aria-labelledby": "share" },
    h("h2", { id: "share" }, t("share.title")),
    h("label", { class: "choice" }, own, h("span", null, t("share.own"))),
    place,
    h("p", { class: "actions" }, h("button", { class: "button", type: "button", onclick: save }, t("share.save"))),
    said);
}
