/** Copies a text. Pages of other hosts than localhost have no clipboard without https: there it selects and copies. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    // Deprecated, and the only way there.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    const hasCopied = document.execCommand('copy');
    area.remove();
    return hasCopied;
  }
}
