/** A file that is served. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

/** The values that are written into the page. */
export interface PageContext {
  /** The folder of the page's files, relative to the page: `'explorer/'`, or `''`. */
  readonly base: string;
  /** The path of the page on the server. */
  readonly path: string;
  readonly title: string;
  readonly socketPath: string;
}

/** The files of the page. */
export interface PageFiles {
  readonly page: (context: PageContext) => PageFile;
  readonly script: PageFile;
  readonly style: PageFile;
  readonly icon: PageFile;
}

let files: PageFiles | undefined;

/** Returns the files of the page, which are loaded when the first gateway has an explorer. */
export function pageFiles(): PageFiles {
  files ??= loadFiles();
  return files;
}

function loadFiles(): PageFiles {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only gateways with an explorer load it
  const built = require('../../explorer/built-page') as typeof import('../../explorer/built-page');
  const { PAGE, SCRIPT, STYLE, ICON } = built;
  return {
    page: (context) => ({ type: 'text/html', content: fillIn(PAGE, { ...context }) }),
    script: { type: 'text/javascript', content: SCRIPT },
    style: { type: 'text/css', content: STYLE },
    icon: { type: 'image/svg+xml', content: ICON },
  };
}

/** Replaces `{{name}}` by the value of that name, escaped. */
function fillIn(html: string, values: Readonly<Record<string, string>>): string {
  return html.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => escape(values[name] ?? ''));
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
