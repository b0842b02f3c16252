/** The file that the page of the explorer is built into. */
export const built: string;
/** Returns a digest of the sources of the page. */
export function digestOfSources(): string;
