/** Gives names that are not taken, of the characters that AsyncAPI allows in keys: `Item`, `Item.2`, `Item.3`. */
export class Names {
  private readonly taken = new Set<string>();

  /** @param text what the name is made of */
  next(text: string): string {
    const name = keyOf(text);
    let unique = name;
    for (let count = 2; this.taken.has(unique); count++) unique = `${name}.${count}`;
    this.taken.add(unique);
    return unique;
  }
}

/** Returns the text with other characters replaced: letters, digits, `.`, `_` and `-` are left. */
export function keyOf(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]+/g, '_').replace(/^_+|_+$/g, '') || 'unnamed';
}
