/**
 * Returns the node that acts for a room where one node shall. All nodes that see the same nodes choose the same one, and rooms are
 * spread over the nodes.
 */
export function coordinatorOf(nodes: Iterable<string>, namespace: string, room: string): string | undefined {
  let chosen: string | undefined;
  let highest = -1;
  for (const node of nodes) {
    const weight = hash(`${node}\n${namespace}\n${room}`);
    if (weight < highest || (weight === highest && chosen !== undefined && node > chosen)) continue;
    highest = weight;
    chosen = node;
  }
  return chosen;
}

/**
 * Hashes with FNV-1a of 32 bits, with the final steps of MurmurHash3: without them, names that end alike have hashes in the
 * same order.
 */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
