export type * from './auto-expose';
export type * from './context';
export type * from './event-options';
export type * from './forward-options';
export type * from './middleware';
export type * from './namespace-options';
export type * from './rate-limit';
export type * from './settings';
