import { readSaved, save } from '../saved';
import { createStore } from '../store';

const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const saved = readSaved(() => localStorage, 'theme');

export const themeStore = createStore<Theme>(THEMES.find((theme) => theme === saved) ?? 'system');

/** Applies the theme, now and when it changes. */
export function followTheme(): void {
  const apply = (): void => {
    document.documentElement.dataset['theme'] = themeStore.get();
  };
  themeStore.subscribe(() => {
    apply();
    save(() => localStorage, 'theme', themeStore.get());
  });
  apply();
}

/** Goes on to the theme that is not shown, and from there back to that of the system. */
export function switchTheme(): void {
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  const other: Theme = isDark ? 'light' : 'dark';
  themeStore.set(themeStore.get() === 'system' ? other : 'system');
}
