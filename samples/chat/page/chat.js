/* The page of the chat sample. `io` is socket.io's own client, served by the gateway's server. */
/** @type {import('socket.io-client').Socket<import('./gateway').Chat['toClient'], import('./gateway').Chat['toServer']>} */
const socket = io('/chat', { reconnectionDelayMax: 3000 });

/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
const door = $('door');
const composer = $('composer');
const field = $('text');
const log = $('log');

let seat = null; // { name, room } as this person picked them: the page returns there after every reconnection
let seated = false; // the server has confirmed the seat on the connection of this moment
let draft = null; // { id, text }: the message that is on its way, or whose answer got lost
let sending = false;
let people = new Set(); // the names of those in the room
let missing = false; // what comes now was said while this page was cut off
const shown = new Set(); // the ids of the messages in the log: none is shown twice
const mine = new Set(); // the ids of those that were written here

/* ---- Talking to the gateway ---- */

/** Emits an event and resolves with the answer. Rejects with the gateway's error, or when no answer comes. */
function ask(event, ...body) {
  return new Promise((resolve, reject) => {
    socket.timeout(5000).emit(event, ...body, (lost, error, answer) => {
      if (lost) reject(new Error('The server did not answer. Please try again: nothing is sent twice.'));
      else if (error) reject(error);
      else resolve(answer);
    });
  });
}

/** Takes the seat, for the first time or again after the connection was lost. */
async function enter() {
  const wanted = seat;
  try {
    const { name, room, messages } = await ask('join', wanted);
    if (seat !== wanted) return; // the person has left, or asked for another seat, while we waited
    Object.assign(wanted, { name, room }); // as the server spells them
    seated = true;
    if ($('chat').hidden) openRoom();
    showPeople();
    showAll(messages);
    missing = false;
    if (draft && shown.has(draft.id)) delivered();
  } catch (error) {
    if (seat !== wanted) return;
    if ($('chat').hidden) {
      seat = null;
      explain(door, error);
    } else if (socket.connected) setTimeout(() => seat === wanted && socket.connected && enter(), 2000);
  }
  showConnection();
}

socket.on('connect', () => {
  showConnection();
  if (seat) enter();
});
socket.on('disconnect', () => {
  missing = seated;
  seated = false;
  showConnection();
});
socket.on('connect_error', () => {
  showConnection();
  // socket.io reconnects by itself when the network fails, but not when a server answers that it does not want us.
  if (!socket.active) setTimeout(() => socket.connect(), 2000);
});

/** Who is in the room: first everybody, then what changes. */
socket.on('presence', (change) => {
  const before = people;
  if ('state' in change) people = new Set(change.state.map(({ id }) => id));
  else {
    people = new Set(people);
    for (const { id } of [...change.joins, ...change.updates]) people.add(id);
    for (const { id } of change.leaves) people.delete(id);
  }
  if (before.size > 0) {
    for (const name of people) if (!before.has(name)) note(`${name} joined`);
    for (const name of before) if (!people.has(name)) note(`${name} left`);
  }
  showPeople();
});
socket.on('message', (message) => {
  if (!seated && !socket.recovered) return; // it will be among the messages that `join` answers with
  showAll([message]);
  showTyping(message.from, false);
});
socket.on('typing', (name) => showTyping(name, true));

/* ---- The door ---- */

const link = new URLSearchParams(location.hash.slice(1)); // http://localhost:3000/#room=tea
door.elements.room.value = link.get('room') ?? 'lobby';
door.elements.name.value = sessionStorage.getItem('name') ?? '';
// After a reload, this page knows its own messages.
for (const id of JSON.parse(sessionStorage.getItem('mine') ?? '[]')) mine.add(id);

door.addEventListener('submit', (event) => {
  event.preventDefault();
  explain(door);
  seat = { name: door.elements.name.value, room: door.elements.room.value };
  if (socket.connected) enter();
  else showConnection();
});

function openRoom() {
  sessionStorage.setItem('name', seat.name);
  history.replaceState(null, '', `#${new URLSearchParams({ room: seat.room })}`);
  document.title = `${seat.room} · Chat`;
  $('title').textContent = seat.room;
  $('entry').hidden = true;
  $('chat').hidden = false;
  field.focus();
}

$('leave').addEventListener('click', () => {
  if (socket.connected) socket.emit('leave');
  seat = draft = null;
  seated = missing = false;
  people = new Set();
  shown.clear();
  log.replaceChildren();
  for (const name of [...typists.keys()]) showTyping(name, false);
  explain(composer);
  document.title = 'Chat';
  $('chat').hidden = true;
  $('entry').hidden = false;
  door.elements.room.focus();
  showConnection();
});

/* ---- Writing ---- */

composer.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (sending) return; // what was written stays in the field
  if (!seated) {
    explain(
      composer,
      new Error('There is no connection. Your message stays here: send it when you are back.'),
    );
    return;
  }
  const text = field.value;
  const from = seat;
  // The same text keeps its id when it is sent again, so that server and pages know it if it had arrived after all.
  if (draft?.text !== text) draft = { id: newId(), text };
  mine.add(draft.id);
  sessionStorage.setItem('mine', JSON.stringify([...mine].slice(-200)));
  sending = true;
  try {
    const message = await ask('message', draft);
    if (seat !== from) return; // the person has left meanwhile
    show(message);
    delivered();
    field.focus();
  } catch (error) {
    if (seat === from) explain(composer, error);
  } finally {
    sending = false;
  }
});

/** The message is in the room: what is left in the field is what was typed since. */
function delivered() {
  if (field.value.startsWith(draft.text)) field.value = field.value.slice(draft.text.length);
  draft = null;
  typedAt = 0;
  explain(composer);
}

field.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
});

let typedAt = 0;
field.addEventListener('input', () => {
  explain(composer);
  if (!seated || !field.value.trim() || Date.now() - typedAt < 2000) return;
  typedAt = Date.now();
  socket.volatile.emit('typing');
});

// The composer grows with an error, or a keyboard opens, and the log shrinks: its end stays in view.
let pinned = true;
log.addEventListener('scroll', () => {
  pinned = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
});
new ResizeObserver(() => {
  if (pinned) log.scrollTop = log.scrollHeight;
}).observe(log);

// crypto.randomUUID exists on https and localhost only; a phone may open this page by the address of a computer.
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('');

/* ---- Showing: everything that somebody wrote goes in as text, never as HTML ---- */

/** Shows messages, and says so if they were written while this page was cut off. */
function showAll(messages) {
  const isMissed = missing && messages.some(({ id }) => !shown.has(id) && !mine.has(id));
  if (isMissed) note('While you were away:');
  if (isMissed) missing = false;
  messages.forEach(show);
}

function show({ id, from, text, at }) {
  if (shown.has(id)) return;
  shown.add(id);
  const element = $('message').content.cloneNode(true).firstElementChild;
  const [name, words, time] = element.children;
  const own = mine.has(id);
  name.textContent = own ? 'You' : from;
  words.textContent = text;
  time.dateTime = new Date(at).toISOString();
  time.textContent = new Date(at).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  element.classList.toggle('own', own);
  element.classList.toggle('same', log.lastElementChild?.dataset.from === name.textContent);
  element.dataset.from = name.textContent;
  element.style.setProperty('--hue', hue(from));
  append(element, own);
}

function note(text) {
  const element = document.createElement('p');
  element.className = 'note';
  element.textContent = text;
  append(element);
}

/** Adds to the log, and scrolls along unless the person is reading further up. */
function append(element, always) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  log.append(element);
  if (atEnd || always) log.scrollTop = log.scrollHeight;
}

function showPeople() {
  const youFirst = [...people].toSorted((a, b) => Number(b === seat?.name) - Number(a === seat?.name));
  $('people').replaceChildren(...youFirst.map((name) => nameTag(name, name === seat?.name)));
}

function nameTag(name, you) {
  const tag = document.createElement('li');
  tag.dataset.initial = [...name][0].toUpperCase();
  tag.style.setProperty('--hue', hue(name));
  const label = document.createElement('span');
  label.dir = 'auto';
  label.textContent = name;
  tag.append(label);
  if (you) tag.append(Object.assign(document.createElement('small'), { textContent: '(you)' }));
  return tag;
}

/** A colour for a name, the same on every page. */
const hue = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);

const typists = new Map(); // name -> the timer that takes it away
function showTyping(name, on) {
  clearTimeout(typists.get(name));
  typists.delete(name);
  if (on) {
    const stop = () => showTyping(name, false);
    typists.set(name, setTimeout(stop, 3500));
  }
  const names = [...typists.keys()];
  if (names.length === 0) $('typing').textContent = '';
  else if (names.length === 1) $('typing').textContent = `${names[0]} is typing`;
  else $('typing').textContent = `${names.length} people are typing`;
}

function showConnection() {
  const waiting = !socket.connected || (seat !== null && !seated);
  const text = waiting ? 'Reconnecting…' : '';
  for (const status of document.querySelectorAll('.connection')) status.textContent = text;
  document.body.classList.toggle('offline', waiting);
  $('send').disabled = !seated;
  if (!waiting) explain(composer);
}

/**
 * Shows an error of the gateway in a form, beside the fields that it names; no error clears them.
 * A failed validation has `data: [{ field, type, message }]`, anything else a message.
 */
function explain(form, error) {
  const details = Array.isArray(error?.data) ? error.data : [];
  for (const place of form.querySelectorAll('[data-field]')) {
    const name = place.dataset.field;
    const messages = details.filter((detail) =>
      detail.field in form.elements ? detail.field === name : name === '',
    );
    if (error && details.length === 0 && name === '') messages.push(error);
    place.textContent = messages.map(({ message }) => message).join(' ');
    if (name) form.elements[name].setAttribute('aria-invalid', String(messages.length > 0));
  }
  form.querySelector('[aria-invalid=true]')?.focus();
}
