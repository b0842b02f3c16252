/* The page of the streams sample. `io` is socket.io's own client, served by the gateway's server. */
import { typed } from 'moleculer-socket-gateway/client';

const socket = io('/studio', { reconnectionDelayMax: 3000 });
/** @type {import('moleculer-socket-gateway/client').TypedClient<import('./gateway').Studio>} */
const studio = typed(socket);

/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
/** How many sales are shown: the last ones. */
const SHOWN_SALES = 8;

/* ---- Pictures ---- */

const sizeOf = (bytes) =>
  bytes < 100_000 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
const clone = (id) => $(id).content.firstElementChild.cloneNode(true);

/** Shows a picture, once. */
function showPicture({ id, name, bytes, url }) {
  if ($(`picture-${id}`)) return;
  const item = clone('picture');
  item.id = `picture-${id}`;
  item.querySelector('a').href = url;
  Object.assign(item.querySelector('img'), { src: url, alt: name });
  item.querySelector('.name').textContent = name;
  item.querySelector('.size').textContent = sizeOf(bytes);
  $('gallery').prepend(item);
  $('empty').hidden = true;
}

/** Uploads a file, with a bar that shows how far it is, and a button that ends it. */
async function upload(file) {
  const item = clone('upload');
  const bar = item.querySelector('progress');
  const state = item.querySelector('.state');
  const ending = new AbortController();
  item.querySelector('.name').textContent = file.name;
  bar.setAttribute('aria-label', `Upload of ${file.name}`);
  item.querySelector('button').addEventListener('click', () => ending.abort());
  $('uploads').append(item);
  try {
    await studio.upload('upload', { name: file.name }, file, {
      signal: ending.signal,
      onProgress(sent, total = 0) {
        bar.value = sent / total;
        state.textContent = `${sizeOf(sent)} of ${sizeOf(total)}`;
      },
    });
    item.remove();
  } catch (error) {
    item.classList.add('failed');
    state.textContent = ending.signal.aborted ? 'Cancelled' : explain(error);
    bar.hidden = true;
    const button = item.querySelector('button');
    button.textContent = 'Dismiss';
    button.addEventListener('click', () => item.remove());
  }
}

/** What a person can do about an error. */
function explain({ code, type, message }) {
  if (code === 413) return 'It is larger than 20 MB.';
  if (type === 'NOT_A_PICTURE') return 'It is no picture that browsers show.';
  if (type === 'DISCONNECTED') return 'The connection broke. Please try again.';
  return message;
}

$('files').addEventListener('change', ({ target }) => {
  for (const file of target.files) void upload(file);
  target.value = '';
});
for (const name of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  $('drop').addEventListener(name, (event) => {
    event.preventDefault();
    $('drop').classList.toggle('over', name === 'dragenter' || name === 'dragover');
    if (name === 'drop') for (const file of event.dataTransfer.files) void upload(file);
  });
}
studio.on('picture', showPicture);

/* ---- The export ---- */

let exporting;

$('export').addEventListener('submit', async (event) => {
  event.preventDefault();
  const rows = Number($('rows').value);
  exporting = new AbortController();
  $('start-export').disabled = true;
  $('cancel-export').hidden = false;
  let count = 0;
  let cents = 0;
  let last = [];
  const show = (what) => {
    $('export-progress').value = count / rows;
    $('export-state').textContent = `${what}: ${count.toLocaleString('en')} rows, ${euros(cents)}`;
    $('sales').replaceChildren(...last.map(rowOf));
  };
  let shownAt = 0;
  try {
    for await (const sale of studio.with({ signal: exporting.signal }).stream('export', { rows })) {
      count++;
      cents += sale.amount;
      last = [sale, ...last].slice(0, SHOWN_SALES);
      // A page that draws is a slow reader, and the gateway waits for it.
      if (performance.now() - shownAt < 50) continue;
      show('Exporting');
      await new Promise(requestAnimationFrame);
      shownAt = performance.now();
    }
    show('Done');
  } catch (error) {
    show(exporting.signal.aborted ? 'Cancelled' : explain(error));
  }
  $('start-export').disabled = false;
  $('cancel-export').hidden = true;
});
$('cancel-export').addEventListener('click', () => exporting.abort());

const euros = (cents) => (cents / 100).toLocaleString('en', { style: 'currency', currency: 'EUR' });

function rowOf({ id, city, amount }) {
  const row = document.createElement('tr');
  for (const text of [id, city, euros(amount)]) row.insertCell().textContent = text;
  row.cells[2].className = 'number';
  return row;
}

/* ---- The words ---- */

let asking;

$('ask').addEventListener('submit', async (event) => {
  event.preventDefault();
  asking = new AbortController();
  $('start-ask').disabled = true;
  $('stop-ask').hidden = false;
  $('ask-state').textContent = '';
  $('answer').textContent = '';
  $('answer').classList.add('writing');
  try {
    for await (const word of studio
      .with({ signal: asking.signal })
      .stream('ask', { text: $('question').value }))
      $('answer').append(word);
  } catch (error) {
    $('ask-state').textContent = asking.signal.aborted ? 'Stopped' : explain(error);
  }
  $('answer').classList.remove('writing');
  $('start-ask').disabled = false;
  $('stop-ask').hidden = true;
});
$('stop-ask').addEventListener('click', () => asking.abort());

/* ---- The connection ---- */

socket.on('connect', async () => {
  $('connection').textContent = '';
  for (const picture of (await studio.call('pictures')).reverse()) showPicture(picture);
});
socket.on('disconnect', () => {
  $('connection').textContent = 'No connection. It comes back by itself.';
});
