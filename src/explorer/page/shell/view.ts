import { createStore } from '../store';

/** The part that a narrow screen shows. A wide one shows all at once. */
export type View = 'events' | 'send' | 'timeline';

export const viewStore = createStore<View>('events');

export function showView(view: View): void {
  viewStore.set(view);
}
