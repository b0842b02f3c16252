import type { Plugin } from 'vite';

/** Finds Vue for pages, which are outside of the folder that has it installed. */
export function vueOfPages(): Plugin {
  return {
    name: 'vue-of-pages',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!/^vue(\/|$)/.test(source) || !importer?.endsWith('.md')) return null;
      return this.resolve(source, import.meta.filename, { skipSelf: true });
    },
  };
}
