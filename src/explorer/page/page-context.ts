const { base = '', path = '', title = '', socketPath = '/socket.io' } = document.body.dataset;

/** The path of the page without a slash at its end. */
const here = location.pathname.replace(/\/$/, '');
/** The prefix that a proxy has put before the paths of the server. */
const prefix = here.endsWith(path) ? here.slice(0, here.length - path.length) : '';

/** The values that the server has written into the page. */
export const PAGE = {
  title,
  contractUrl: `${base}contract.json`,
  origin: location.origin,
  /** The path of Socket.IO, as this browser reaches it. */
  socketPath: prefix + socketPath,
  /** Keeps the drafts of pages apart that one host serves. */
  storageKey: `explorer:${here}`,
} as const;
