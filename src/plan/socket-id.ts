/*
 * The ids of the sockets of gateways end with a checksum. By it every node tells an id from the name of a room, also the id of a
 * socket on another node, or of a client that may come back.
 */

const RANDOM_CHARACTERS = 15;
const CHECKSUM_CHARACTERS = 5;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * Returns the id of a new socket, as long as those of Socket.IO, and of the same characters.
 *
 * @param random an id of Socket.IO, the first 15 characters of which hold 88 random bits
 */
export function createSocketId(random: string): string {
  const unique = random.slice(0, RANDOM_CHARACTERS);
  // Joined, since V8 would keep the parts of a concatenation for as long as the socket lives.
  return [unique, checksumOf(unique)].join('');
}

/** Returns true for the id of a socket of a gateway. Takes one in 2^30 other names of 20 characters for an id, too. */
export function isSocketId(name: string): boolean {
  return (
    name.length === RANDOM_CHARACTERS + CHECKSUM_CHARACTERS &&
    name.endsWith(checksumOf(name.slice(0, RANDOM_CHARACTERS)))
  );
}

/** Returns 30 bits of a FNV-1a hash, mixed as in MurmurHash3, as base64. */
function checksumOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  let checksum = '';
  for (let at = 0; at < CHECKSUM_CHARACTERS; at++) checksum += ALPHABET.charAt((hash >>> (6 * at)) & 63);
  return checksum;
}
