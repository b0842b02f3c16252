import type { DefaultTheme } from 'vitepress';

/** Pages for people who work on the library. Their words would hide those of the documentation. */
const NOT_FOUND = /^(src|bench\/results|CONTRIBUTING|\.github)/;

/** The search of the site, in the browser. */
export const localSearch: DefaultTheme.Config['search'] = {
  provider: 'local',
  options: {
    _render(source, env, markdown) {
      const html = markdown.render(source, env);
      return NOT_FOUND.test((env as { relativePath: string }).relativePath) ? '' : html;
    },
    miniSearch: {
      options: {
        // VitePress writes this function into the site as text, so that it uses nothing from outside.
        // Types of errors (`EVENT_NOT_FOUND`) are words as a whole, besides their parts.
        tokenize: (text: string) => [
          ...text.split(/[\n\r\p{Z}\p{P}]+/u),
          ...(text.match(/[A-Z]+(?:_[A-Z]+)+/g) ?? []),
        ],
      },
    },
  },
};
