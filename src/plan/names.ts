/** Maximum characters of the name of an event, an action or a namespace. A longer name is not looked up. */
export const MAX_NAME_LENGTH = 256;
