import { createStore } from '../store';

/** The text for screen readers. */
export const announcementStore = createStore('');

export function announce(text: string): void {
  // The same text again is no change, and would not be read.
  announcementStore.set(announcementStore.get() === text ? `${text}\u00a0` : text);
}
