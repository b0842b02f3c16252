import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { ORDER } from '../payloads';
import { Order } from './order';
import type { RunningServer, ServerSpec } from './server-spec';

/* Validation alone: no server, no socket. One valid order after the other. */

type Check = (value: unknown) => unknown;
interface CompileBody {
  compileBody(type: unknown, options: object, problem: (what: string) => void): Check;
}

const CHECKS: Record<string, () => Check> = {
  libraries: () => async (value) => {
    const order = plainToInstance(Order, value);
    const errors = await validate(order, { whitelist: true });
    if (errors.length > 0) throw new Error('invalid');
    return order;
  },
  gateway: () => {
    // What the gateway itself calls for every event.
    const path = join(dirname(require.resolve('moleculer-socket-gateway')), 'validation', 'compile-body.js');
    const { compileBody } = require(path) as CompileBody;
    return compileBody(Order, { whitelist: true }, (what) => {
      throw new Error(what);
    });
  },
  nest: () => {
    const pipe = new ValidationPipe({ transform: true, whitelist: true });
    return (value) => pipe.transform(value, { type: 'body', metatype: Order });
  },
  zod: () => {
    const address = z.object({
      street: z.string().min(1).max(100),
      city: z.string().min(1).max(60),
      zip: z.string().regex(/^[A-Z0-9 ]{3,10}$/),
    });
    const order = z.object({
      product: z.string().min(1).max(50),
      quantity: z.int().min(1).max(100),
      price: z.number().min(0),
      express: z.boolean(),
      note: z.string().max(200).optional(),
      address,
    });
    return (value) => order.parse(value);
  },
};

export function start({ shape }: ServerSpec): RunningServer {
  const check = (CHECKS[shape] as () => Check)();
  const payload = JSON.stringify(ORDER);
  return {
    commands: {
      /** Checks so many fresh payloads, made beforehand so that parsing them is not measured; CPU in microseconds. */
      async check(times) {
        const values: unknown[] = Array.from({ length: times }, () => JSON.parse(payload));
        const before = process.cpuUsage();
        for (const value of values) {
          const checked = check(value);
          if (checked instanceof Promise) await checked;
        }
        const { user, system } = process.cpuUsage(before);
        return user + system;
      },
    },
  };
}
