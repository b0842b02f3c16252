'use strict';
// The anchors of headings, as GitHub makes them. The site makes the same, so that a link with an anchor works in both places.

/**
 * Returns the anchor of a heading.
 *
 * @param {string} heading its text, without Markdown
 */
function slugOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

/**
 * Returns the anchors of all headings of a Markdown file, without those in blocks of code.
 *
 * @param {string} markdown
 * @returns {Set<string>}
 */
function anchorsOf(markdown) {
  const anchors = new Set();
  const counts = new Map();
  for (const [, heading] of withoutCode(markdown).matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]+>/g, '');
    const slug = slugOf(text.replaceAll('`', '').trim());
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    anchors.add(count === 0 ? slug : `${slug}-${count}`);
  }
  return anchors;
}

/**
 * Blanks blocks of code, whose lines are no headings and no links.
 *
 * @param {string} markdown
 */
function withoutCode(markdown) {
  return markdown.replace(/^(```+)\w*\n[^]*?^\1$/gm, (block) => block.replace(/[^\n]/g, ''));
}

module.exports = { slugOf, anchorsOf, withoutCode };
