/** Returns the anchor of a heading, as GitHub makes it. */
export function slugOf(heading: string): string;
/** Returns the anchors of all headings of a Markdown file, without those in blocks of code. */
export function anchorsOf(markdown: string): Set<string>;
/** Blanks blocks of code, whose lines are no headings and no links. */
export function withoutCode(markdown: string): string;
