/** How many characters the name of an event, an action or a namespace may have. A longer one is not looked up. */
export const MAX_NAME_LENGTH = 256;
