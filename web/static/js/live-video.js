// SPDX-License-Identifier: Apache-2.0
// Picture and sound beside the acts. Nothing is loaded before somebody asks for it; without this script the same links
// lead to the playlist and to the recording. What is drawn here stays when live.js swaps the rest of the page.
const place = document.querySelector("[data-cast]");
const stage = place?.querySelector("[data-cast-stage]");
const EVERY = 3000; // how often a player asks for captions and for the end
const SHOWN = 6; // seconds of a line that was typed live
const PLAYLIST = "application/vnd.apple.mpegurl";

let stop = () => {};
const words = (name, values = {}) => Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), place.dataset[name] ?? "");

function make(tag, options = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), options);
  element.append(...inside);
  return element;
}

// The stage: a player, one line about it, and a way to close it.
function setStage(kind) {
  stop();
  const media = make("video", { controls: true, playsInline: true, preload: "auto" });
  media.setAttribute("aria-label", document.getElementById("cast-title")?.textContent ?? document.title);
  if (kind === "sound") media.className = "sound-only";
  const line = make("figcaption", { className: "cap" });
  const close = make("button", { type: "button", className: "btn plain", textContent: words("sayClose") });
  const figure = make("figure", {}, media, line, close);
  const ends = [];
  stop = () => {
    for (const end of ends.splice(0)) end();
    media.pause();
    media.removeAttribute("src");
    media.load();
    stage.replaceChildren();
    stage.hidden = true;
    stop = () => {};
  };
  close.addEventListener("click", () => stop());
  stage.replaceChildren(figure);
  stage.hidden = false;
  return { media, line, ends };
}

let loading = null;
function player() {
  if (window.Hls) return Promise.resolve(window.Hls);
  if (!place.dataset.player) return Promise.resolve(null);
  loading ??= new Promise((done) => {
    const script = make("script", { src: place.dataset.player, onload: () => done(window.Hls), onerror: () => done(null) });
    if (place.dataset.integrity) script.integrity = place.dataset.integrity;
    document.head.append(script);
  });
  return loading;
}

// How far behind: nginx names each piece by the hour at which it began to arrive, and the server tells its hour.
function measure(hls, Hls, media, show) {
  let piece = null;
  let ahead = 0; // of this machine's clock
  hls.on(Hls.Events.FRAG_CHANGED, (_name, { frag }) => { piece = frag; });
  return {
    hear: (now, asked) => { ahead = (asked + Date.now()) / 2 - now; },
    tell: () => {
      const began = Number(/(\d{12,14})\.ts/.exec(piece?.url ?? "")?.[1]);
      if (!began || media.paused) return;
      const behind = (Date.now() - ahead - began) / 1000 - (media.currentTime - piece.start);
      if (behind > 0 && behind < 600) show(behind);
    },
  };
}

async function watch(url, kind) {
  const { media, line, ends } = setStage(kind);
  const base = kind === "sound" ? `${words("saySound")} ` : "";
  line.textContent = words("sayStarting");
  const Hls = await player();
  const isNative = !Hls?.isSupported?.();
  if (isNative && !media.canPlayType(PLAYLIST)) { line.textContent = words("sayFailed"); return; }
  let meter = null;
  if (isNative) {
    media.src = url;
  } else {
    const hls = new Hls({ enableWorker: false, liveSyncDurationCount: 2, backBufferLength: 60 });
    ends.push(() => hls.destroy());
    hls.on(Hls.Events.ERROR, (_name, { fatal, type }) => {
      if (!fatal) return;
      if (type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else if (type === Hls.ErrorTypes.NETWORK_ERROR && ends.length) setTimeout(() => ends.length && hls.loadSource(url), EVERY);
    });
    const show = (behind) => {
      media.dataset.lag = behind.toFixed(1);
      line.textContent = base + words("sayLag", { n: Math.max(1, Math.round(behind)) });
    };
    meter = measure(hls, Hls, media, show);
    hls.loadSource(url);
    hls.attachMedia(media);
    place.hls = hls; // what the tests look at
  }
  media.addEventListener("playing", () => { line.textContent = base + words("sayAbout"); }, { once: true });
  follow(media, line, ends, meter);
  media.play().catch(() => { /* the person presses play */ });
}

// While it plays: the lines that an official types, the end, and the lag.
function follow(media, line, ends, meter) {
  let last = 0;
  let track = null;
  const ask = async () => {
    const asked = Date.now();
    try {
      const told = await (await fetch(`${place.dataset.cast}?after=${last}`)).json();
      meter?.hear(told.now, asked);
      meter?.tell();
      for (const { n, text } of told.captions ?? []) {
        last = Math.max(last, n);
        track ??= Object.assign(media.addTextTrack("captions", words("sayCaptions"), "es"), { mode: "showing" });
        track.addCue(new VTTCue(media.currentTime, media.currentTime + SHOWN, text));
      }
      if (!told.on_air) line.textContent = words("sayOver");
    } catch { /* the next time */ }
  };
  const timer = setInterval(ask, EVERY);
  ends.push(() => clearInterval(timer));
  ask();
}

function replay(link, second) {
  const url = link.href.split("#")[0];
  const former = stage.querySelector("video");
  if (former?.dataset.of === url) { seek(former, second); return; }
  const { media, line } = setStage("recording");
  media.dataset.of = url;
  line.textContent = words("sayRecording", { when: link.dataset.when });
  const tracks = [["chapters", link.dataset.chapters, words("sayChapters")], ["captions", link.dataset.captions, words("sayCaptions")]];
  for (const [kind, src, label] of tracks) if (src) media.append(make("track", { kind, src, label, srclang: "es", default: kind === "captions" }));
  media.src = url;
  seek(media, second);
  media.play().catch(() => {});
}

function seek(media, second) {
  const go = () => { media.currentTime = second; };
  if (media.readyState) go(); else media.addEventListener("loadedmetadata", go, { once: true });
  stage.scrollIntoView({ block: "nearest" });
}

place?.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (!link) return;
  const { castPlay, castSound, castRecording, castAt } = link.dataset;
  if ([castPlay, castSound, castRecording, castAt].every((one) => one === undefined)) return;
  event.preventDefault();
  if (castPlay !== undefined) watch(link.href, "picture");
  else if (castSound !== undefined) watch(link.href, "sound");
  else replay(castAt === undefined ? link : link.closest("li:has([data-cast-recording])").querySelector("[data-cast-recording]"), Number(castAt ?? 0));
});
// Each act that the page tells, and a recording shows, leads to its moment.
function linkMoments() {
  for (const moment of place.querySelectorAll("[data-cast-number]")) {
    const act = document.getElementById(`act-${moment.dataset.castNumber}`);
    if (!act || act.querySelector("[data-cast-moment]")) continue;
    const link = make("a", { href: moment.href, textContent: words("sayMoment") });
    link.dataset.castMoment = moment.dataset.castNumber;
    link.setAttribute("aria-label", `${words("sayMoment")}: ${moment.textContent.trim()}`);
    (act.querySelector(".proof") ?? act).append(" ", link); // the proof may still wait for the log
  }
}

document.addEventListener("click", (event) => {
  const number = event.target.closest?.("[data-cast-moment]")?.dataset.castMoment;
  const moment = number && place?.querySelector(`[data-cast-number="${number}"]`);
  if (!moment || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  moment.click();
});
if (place) {
  linkMoments();
  document.addEventListener("vitrina:swapped", linkMoments);
}
addEventListener("pagehide", () => stop());
