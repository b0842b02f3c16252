/* The page of the sample. `io` is the client of Socket.IO, which the gateways serve. */
const NAMES = ['Ada', 'Ben', 'Cleo', 'Dev', 'Edda', 'Finn', 'Gina', 'Hugo', 'Ines', 'Jon'];

/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
const name =
  (sessionStorage.name ??= `${NAMES[Math.floor(Math.random() * NAMES.length)]} ${Math.ceil(Math.random() * 99)}`);
$('name').textContent = name;

const socket = io('/board', {
  auth: { name },
  // A websocket is one connection: the balancer needs no sticky sessions.
  transports: ['websocket'],
  // An event that is not answered is sent again when the page is back, on whatever node.
  retries: 100,
  ackTimeout: 10_000,
  reconnectionDelay: 100,
  reconnectionDelayMax: 1_000,
});

const shown = new Set(); // the ids of the notes: none is shown twice
let sent = 0;
let answered = 0;
let moves = -1;

socket.on('connect', async () => {
  moves++;
  // Notes that others have pinned while this page was away.
  socket.emit('notes', (lost, error, notes) => notes?.forEach(show));
});
socket.on('node', (node) => showNode(node));
socket.on('disconnect', () => showNode('moving'));
socket.on('connect_error', () => {
  // Socket.IO comes back by itself if a connection fails, but not if a gateway refuses a namespace.
  if (!socket.active) setTimeout(() => socket.connect(), 200);
});
socket.on('note', show);

function pin(text) {
  sent++;
  showCount();
  const id = Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join('');
  socket.emit('pin', { id, text }, (lost, error, note) => {
    if (lost || error) return;
    answered++;
    show(note);
    showCount();
  });
}

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (text) pin(text);
  $('text').value = '';
});

let talking;
$('keep').addEventListener('change', ({ target }) => {
  clearInterval(talking);
  if (target.checked) talking = setInterval(() => pin(`note ${sent + 1}`), 250);
});

$('restart').addEventListener('click', async ({ target }) => {
  target.disabled = true;
  target.textContent = 'Restarting…';
  await fetch('/restart', { method: 'POST' }).catch(() => undefined);
  target.textContent = 'Restart both nodes';
  target.disabled = false;
});

function show({ id, from, node, text }) {
  if (shown.has(id)) return;
  shown.add(id);
  const item = document.createElement('li');
  const author = document.createElement('b');
  author.append(from === name ? 'You' : Object.assign(document.createElement('bdi'), { textContent: from }));
  const words = Object.assign(document.createElement('span'), { textContent: text, dir: 'auto' });
  const place = Object.assign(document.createElement('span'), {
    textContent: node,
    className: `node ${node}`,
  });
  item.append(author, words, place);
  item.classList.toggle('own', from === name);
  const list = $('notes');
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.append(item);
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

function showNode(node) {
  $('node').textContent = node === 'moving' ? 'the way to another node…' : `node ${node}`;
  $('node').className = `node ${node}`;
  showCount();
}

function showCount() {
  if (sent > 0)
    $('count').textContent =
      `${sent} sent, ${answered} answered, moved ${moves === 1 ? 'once' : `${Math.max(moves, 0)} times`}`;
}
