import { createAdapter } from '@socket.io/redis-adapter';
import { IsString } from 'class-validator';
import type { ServiceBroker } from 'moleculer';
import { createClient } from 'redis';
import type { Socket } from 'socket.io';
import type { TestClient, TestGateway } from '../../src/testing';

/*
 * What the documentation's fragments of code refer to without saying where it comes from.
 */

export { createAdapter, createClient };
export { ServiceBroker } from 'moleculer';
export type { DefaultEventsMap, Socket } from 'socket.io';

/** A user. */
export interface Account {
  id: string;
  tenantId: string;
}

export class Article {
  @IsString() title!: string;
}

export class NewMessage {
  @IsString() room!: string;
  @IsString() text!: string;
}

/** A message that is written once, however often it arrives. */
export class NumberedMessage extends NewMessage {
  @IsString() id!: string;
}

export class Credentials {
  @IsString() name!: string;
  @IsString() password!: string;
}

export declare const url: string;
export declare const room: string;
export declare const broker: ServiceBroker;
export declare const socket: Socket;

/* What the chapter on testing refers to. */

export { default as assert } from 'node:assert/strict';
export { expect } from 'chai';
export { testGateway } from '../../src/testing';
export { ChatGateway, USERS as users } from '../testing/chat-gateway';

export declare const chat: TestGateway;
export declare const ann: TestClient;
export declare const bob: TestClient;
export declare const vi: {
  useFakeTimers(): void;
  useRealTimers(): void;
  advanceTimersByTimeAsync(ms: number): Promise<unknown>;
};
export declare const jest: {
  fn(implementation: () => Promise<string>): (() => Promise<string>) & {
    readonly mock: { readonly calls: { readonly params: object }[][] };
  };
};
