import { defineConfig } from 'vitepress';
// @ts-expect-error plain JavaScript, which the checks of links use, too
import { slugOf } from '../../scripts/heading-slug.js';
import { linkedFiles, linkRules } from './linked-files.mts';
import { localSearch } from './local-search.mts';
import { navigation } from './navigation.mts';
import { vueOfPages } from './vue-of-pages.mts';

/** The documentation as a site: all Markdown of the repository, at the paths that it has there. */
export default defineConfig({
  title: 'moleculer-socket-gateway',
  description: 'Real-time gateways for Moleculer services.',
  lang: 'en',
  srcDir: '..',
  srcExclude: ['**/node_modules/**', 'dist/**', 'coverage/**', 'docs/api/**'],
  rewrites: { 'README.md': 'index.md' },
  markdown: {
    anchor: { slugify: slugOf },
    config: linkRules,
  },
  vite: { plugins: [linkedFiles(), vueOfPages()] },
  themeConfig: {
    search: localSearch,
    outline: [2, 3],
    externalLinkIcon: true,
    ...navigation(),
  },
});
