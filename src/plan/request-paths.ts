/** Returns the path of Socket.IO on a server, without a slash at its end. Default: '/socket.io'. */
export function socketPath(setting: string | undefined): string {
  return (setting ?? '/socket.io').replace(/\/$/, '');
}

/** Returns true for a path that is another one, or below it. */
export function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}
