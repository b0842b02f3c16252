import {
  Inject,
  Injectable,
  Module,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceBroker } from 'moleculer';
import { map, type Observable } from 'rxjs';
import type { Namespace, Socket } from 'socket.io';
import { NAMESPACE } from '../payloads';
import { newBroker, type User } from './broker';
import { Order } from './order';
import type { RunningServer, ServerSpec } from './server-spec';

/*
 * NestJS gateways whose handlers make the same calls of the same broker: one plain, one with a guard for roles, an
 * interceptor (NestJS's before and after hook) and a ValidationPipe.
 */

const BROKER = 'broker';

@WebSocketGateway({ namespace: NAMESPACE })
class PlainGateway {
  constructor(@Inject(BROKER) private readonly broker: ServiceBroker) {}

  @SubscribeMessage('add')
  add(@MessageBody() params: { a: number; b: number }) {
    return this.broker.call('math.add', params);
  }
}

@Injectable()
class MemberGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToWs().getClient<Socket>().data as { user?: User };
    return user?.role === 'member';
  }
}

@Injectable()
class HooksInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const data = context.switchToWs().getClient<Socket>().data as { channel?: string };
    data.channel = 'web';
    return next.handle().pipe(map((result: unknown) => result));
  }
}

@UseGuards(MemberGuard)
@UseInterceptors(HooksInterceptor)
@UsePipes(new ValidationPipe({ transform: true, whitelist: true }))
@WebSocketGateway({ namespace: NAMESPACE })
class OrderGateway {
  constructor(@Inject(BROKER) private readonly broker: ServiceBroker) {}

  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      const { token } = socket.handshake.auth as { token?: unknown };
      this.broker.call<User, object>('users.verify', { token }).then(
        (user) => {
          (socket.data as { user?: User }).user = user;
          next();
        },
        () => {
          next(new Error('Unauthorized'));
        },
      );
    });
  }

  @SubscribeMessage('order')
  order(@MessageBody() order: Order) {
    return this.broker.call('orders.place', order);
  }
}

export async function start({ shape, observed }: ServerSpec): Promise<RunningServer> {
  const broker = newBroker(observed);
  await broker.start();

  @Module({
    providers: [{ provide: BROKER, useValue: broker }, shape === 'order' ? OrderGateway : PlainGateway],
  })
  class ApplicationModule {}

  const application = await NestFactory.create(ApplicationModule, { logger: false });
  application.useWebSocketAdapter(new IoAdapter(application));
  await application.listen(0);
  const http = application.getHttpServer() as HttpServer;
  return { port: (http.address() as AddressInfo).port };
}
