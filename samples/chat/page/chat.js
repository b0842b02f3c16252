/* The page of the chat sample. `io` is socket.io's own client, served by the gateway's server. */
/** @type {import('socket.io-client').Socket<import('./gateway').Chat['toClient'], import('./gateway').Chat['toServer']>} */
const socket = io('/chat', { reconnectionDelayMax: 3000 });

/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
const door = $('door');
const composer = $('composer');
const field = $('text');
const log = $('log');

let seat = null; // { name, room, key } as this person picked them: the page returns there after every reconnection
let me; // the id that the server knows this person by
let seated = false; // the server has confirmed the seat on the connection of this moment
let draft = null; // { id, text }: the message that is on its way, or whose answer got lost
let sending = false;
let people = new Map(); // the names of those in the room, by their ids
const names = new Map(); // the names of all who were ever seen in the room, by their ids
let missing = false; // what comes now was said while this page was cut off
const shown = new Set(); // the ids of the messages in the log: none is shown twice

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
    const { id, name, room, messages } = await ask('join', wanted);
    if (seat !== wanted) return; // the person has left, or asked for another seat, while we waited
    Object.assign(wanted, { name, room }); // as the server spells them
    me = id;
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
  if ('state' in change) people = new Map(change.state.map(entryOf));
  else {
    people = new Map([...people, ...[...change.joins, ...change.updates].map(entryOf)]);
    for (const { id } of change.leaves) people.delete(id);
  }
  for (const [id, name] of people) names.set(id, name);
  showPeople();
  showNames();
  if (before.size === 0) return;
  for (const id of people.keys()) if (!before.has(id)) note(nameOf(id), ' joined');
  for (const id of before.keys()) if (!people.has(id)) note(nameOf(id), ' left');
});
socket.on('message', (message) => {
  if (!seated && !socket.recovered) return; // it will be among the messages that `join` answers with
  showAll([message]);
  showTyping(message.by, false);
});
socket.on('typing', ({ id, name }) => {
  names.set(id, name);
  showTyping(id, true);
});

const entryOf = ({ id, info }) => /** @type {const} */ ([id, info.name]);

/* ---- The door ---- */

const link = new URLSearchParams(location.hash.slice(1)); // http://localhost:3000/#room=tea
door.elements.room.value = link.get('room') ?? 'lobby';
door.elements.name.value = sessionStorage.getItem('name') ?? '';

door.addEventListener('submit', (event) => {
  event.preventDefault();
  explain(door);
  seat = { name: door.elements.name.value, room: door.elements.room.value, key: key() };
  if (socket.connected) enter();
  else showConnection();
});

function openRoom() {
  sessionStorage.setItem('name', seat.name);
  history.replaceState(null, '', `#${new URLSearchParams({ room: seat.room })}`);
  document.title = `\u2068${seat.room}\u2069 · Chat`; // isolated, as <bdi> would be
  $('title').textContent = seat.room;
  $('entry').hidden = true;
  $('chat').hidden = false;
  field.focus();
}

$('leave').addEventListener('click', () => {
  if (socket.connected) socket.emit('leave');
  seat = draft = null;
  seated = missing = false;
  people = new Map();
  names.clear();
  shown.clear();
  log.replaceChildren();
  for (const id of [...typists.keys()]) showTyping(id, false);
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

/** Returns the key that makes this tab the same person after a reload. */
function key() {
  const known = sessionStorage.getItem('key') ?? newId();
  sessionStorage.setItem('key', known);
  return known;
}

/* ---- Showing: everything that somebody wrote goes in as text, never as HTML ---- */

/** Shows messages, and says so if they were written while this page was cut off. */
function showAll(messages) {
  const isMissed = missing && messages.some(({ id, by }) => !shown.has(id) && by !== me);
  if (isMissed) note('While you were away:');
  if (isMissed) missing = false;
  messages.forEach(show);
  showNames();
}

function show({ id, by, from, text, at }) {
  if (shown.has(id)) return;
  shown.add(id);
  const element = $('message').content.cloneNode(true).firstElementChild;
  const [name, words, time] = element.children;
  const own = by === me;
  if (!names.has(by)) names.set(by, from);
  name.append(own ? 'You' : nameOf(by, from));
  words.textContent = text;
  time.dateTime = new Date(at).toISOString();
  time.textContent = new Date(at).toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  element.classList.toggle('own', own);
  element.classList.toggle('same', log.lastElementChild?.dataset.by === by);
  element.dataset.by = by;
  element.style.setProperty('--hue', hue(by));
  append(element, own);
}

function note(...content) {
  const element = document.createElement('p');
  element.className = 'note';
  element.append(...content);
  append(element);
}

/** Returns an element with the name of a person. It keeps the direction of the name away from the words around it. */
function nameOf(id, name = names.get(id)) {
  const element = document.createElement('bdi');
  element.dataset.person = id;
  element.dataset.mark = `#${id.slice(0, 3)}`; // the same on every page
  element.textContent = name;
  markIfAmbiguous(element);
  return element;
}

/** Looks again whose names others have, too. */
const showNames = () => document.querySelectorAll('[data-person]').forEach(markIfAmbiguous);

/** Shows the mark of a person beside a name that somebody else has, too. */
function markIfAmbiguous(element) {
  const isOther = ([id, name]) => id !== element.dataset.person && name === element.textContent;
  element.classList.toggle('ambiguous', [...names].some(isOther));
}

/** Adds to the log, and scrolls along unless the person is reading further up. */
function append(element, always) {
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  log.append(element);
  if (atEnd || always) log.scrollTop = log.scrollHeight;
}

function showPeople() {
  const youFirst = [...people.keys()].toSorted((a, b) => Number(b === me) - Number(a === me));
  $('people').replaceChildren(...youFirst.map((id) => nameTag(id)));
}

function nameTag(id) {
  const tag = document.createElement('li');
  const [first] = new Intl.Segmenter().segment(people.get(id));
  tag.dataset.initial = first.segment.toUpperCase();
  tag.style.setProperty('--hue', hue(id));
  tag.append(nameOf(id));
  if (id === me) tag.append(Object.assign(document.createElement('small'), { textContent: '(you)' }));
  return tag;
}

/** A colour for a person, the same on every page. */
const hue = (id) => String(parseInt(id.slice(0, 6), 16) % 360);

const typists = new Map(); // the id of a person -> the timer that takes it away
function showTyping(id, on) {
  clearTimeout(typists.get(id));
  typists.delete(id);
  if (on) {
    const stop = () => showTyping(id, false);
    typists.set(id, setTimeout(stop, 3500));
  }
  const [first, ...others] = typists.keys();
  if (first === undefined) $('typing').replaceChildren();
  else if (others.length === 0) $('typing').replaceChildren(nameOf(first), ' is typing');
  else $('typing').replaceChildren(`${typists.size} people are typing`);
}

function showConnection() {
  const waiting = !socket.connected || (seat !== null && !seated);
  let text = waiting ? 'Reconnecting…' : '';
  if (waiting && seat && $('chat').hidden)
    text = 'There is no connection. You enter as soon as there is one.';
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
