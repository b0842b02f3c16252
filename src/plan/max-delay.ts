/** The longest delay of a timer of Node.js, in milliseconds. A longer one fires at once. */
export const MAX_DELAY_MS = 2 ** 31 - 1;
