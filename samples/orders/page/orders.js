/* The page of the orders sample. `io` is socket.io's own client, served by the gateway's server. */
/** @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);
const user = new URLSearchParams(location.search).get('user') ?? 'ada';
/** @type {import('socket.io-client').Socket<import('./gateway').Order['toClient'], import('./gateway').Order['toServer']>} */
const socket = io('/orders', { auth: { user } });

$('user').textContent = user;

/** Calls an action of the shop. */
function call(action, params) {
  return new Promise((resolve, reject) => {
    socket.timeout(5000).emit('call', action, params, (lost, error, result) => {
      if (lost || error) reject(error ?? new Error('The shop did not answer. Please try again.'));
      else resolve(result);
    });
  });
}

/** Shows an order as it is now. */
function show({ id, item, status }) {
  let row = $(`order-${id}`);
  if (!row) {
    row = document.createElement('li');
    row.id = `order-${id}`;
    row.append(document.createElement('span'), document.createElement('output'));
    $('orders').prepend(row);
  }
  row.dataset.status = status;
  row.querySelector('span').textContent = item;
  row.querySelector('output').textContent = status;
}

const explain = (error) => ($('problem').textContent = error?.message ?? '');

// What happened while nobody was connected is asked for; from then on the shop tells.
socket.on('connect', async () => {
  explain();
  for (const order of await call('orders.list', {})) show(order);
});
socket.on('order.updated', show);
socket.on('connect_error', explain);

$('order').addEventListener('submit', async (event) => {
  event.preventDefault();
  try {
    await call('orders.place', { item: $('item').value.trim() });
    explain();
    $('order').reset();
  } catch (error) {
    explain(error);
  }
});
