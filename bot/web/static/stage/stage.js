// What the stage's pages share: the stream of pictures, and the server's clock.
let ahead = 0; // how many milliseconds the server's clock is ahead of this one
let stream = null;

export function now() {
  return Date.now() + ahead;
}

// Calls `show` with each new picture; `lost` with whether the connection is lost.
export function follow(code, show, lost = () => {}) {
  stream = new EventSource(`/san-khau/${code}/luong`);
  let best = Infinity;
  stream.addEventListener("clock", (event) => {
    // The smallest delay tells the truest time.
    const offset = Number(event.data) - Date.now();
    if (best === Infinity || Math.abs(offset - ahead) > 2000 || offset > ahead) ahead = offset;
    best = 0;
  });
  stream.addEventListener("state", (event) => {
    lost(false);
    show(JSON.parse(event.data));
  });
  stream.onerror = () => {
    lost(true);
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(() => follow(code, show, lost), 2000 + Math.random() * 3000);
    }
  };
  stream.onopen = () => lost(false);
}

export function fill(words, values) {
  return words.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function secondsLeft(state) {
  if (state.phase !== "open" || !state.deadline) return 0;
  return Math.max(0, (state.deadline - now()) / 1000);
}
