/* The page of the orders sample. `io` is socket.io's own client, served by the gateway's server. */
/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
const user = new URLSearchParams(location.search).get('user') ?? 'ada';
/** @type {import('socket.io-client').Socket<import('./gateway').Order['toClient'], import('./gateway').Order['toServer']>} */
const socket = io('/orders', { auth: { user } });

$('user').textContent = user;

/* ---- Talking to the shop ---- */

/** Calls an action of the shop. Rejects with the shop's error, or if no answer comes. */
function call(action, params) {
  return new Promise((resolve, reject) => {
    socket.timeout(5000).emit('call', action, params, (lost, error, result) => {
      if (lost) reject(new Error('The shop did not answer. Look at the list before you order again.'));
      else if (error) reject(error);
      else resolve(result);
    });
  });
}

// What happened while the page was not connected is asked for; from then on the shop tells.
socket.on('connect', async () => {
  showConnection('');
  try {
    const orders = await call('orders.list', {});
    orders.forEach(show);
    $('empty').hidden = $('orders').children.length > 0;
  } catch (error) {
    explain(error);
  }
});
socket.on('order.updated', show);
socket.on('disconnect', () => showConnection('The shop cannot be reached. Reconnecting…'));
socket.on('connect_error', (error) => {
  // The server is not there: socket.io tries again by itself. Otherwise the gateway does not let this user in.
  if (socket.active) showConnection('The shop cannot be reached. Reconnecting…');
  else refuse(error);
});

/* ---- Ordering ---- */

$('order').addEventListener('submit', async (event) => {
  event.preventDefault();
  if ($('place').disabled) return; // what is written stays in the field
  $('place').disabled = true;
  try {
    await call('orders.place', { item: $('item').value.trim() });
    explain();
    $('order').reset();
  } catch (error) {
    explain(error);
  }
  $('place').disabled = !socket.connected;
  $('item').focus();
});
$('item').addEventListener('input', () => explain());

/* ---- Showing ---- */

/** Shows an order as it is now. */
function show({ id, item, status }) {
  let row = $(`order-${id}`);
  if (!row) {
    row = document.createElement('li');
    row.id = `order-${id}`;
    const name = document.createElement('span');
    name.dir = 'auto';
    row.append(name, document.createElement('output'));
    $('orders').prepend(row);
    $('empty').hidden = true;
  }
  row.dataset.status = status;
  row.querySelector('span').textContent = item;
  row.querySelector('output').textContent = status;
}

/** Shows what is wrong with the order, in the words of the shop: a 422 has `data: [{ field, message }]`. No error clears it. */
function explain(error) {
  const problems = Array.isArray(error?.data) ? error.data : [];
  $('item-problem').textContent = problems.map(({ message }) => message).join(' ') || (error?.message ?? '');
  $('item').setAttribute('aria-invalid', String(problems.length > 0));
}

function showConnection(text) {
  $('connection').textContent = text;
  $('place').disabled = text !== '';
}

/** Says that the shop does not let this user in. Another try would be refused, too. */
function refuse(error) {
  $('order').hidden = true;
  $('connection').textContent = '';
  $('refused').hidden = false;
  $('refused').textContent =
    error.data?.code === 401
      ? `The shop does not know “${user}”. Write ?user=ada at the end of the address.`
      : `The shop does not let you in: ${error.message}`;
}

showConnection('Connecting…');
