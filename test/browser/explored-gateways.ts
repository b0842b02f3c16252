import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsBoolean,
  IsDateString,
  IsEmail,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  ConnectedSocket,
  Errors,
  MessageBody,
  NspParam,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
} from '../../src';

class Item {
  @Length(2, 40)
  name!: string;

  @IsInt()
  @Min(1)
  @Max(99)
  amount!: number;
}

class Address {
  @Length(1, 80)
  street!: string;

  @IsOptional()
  @Length(5, 5)
  zip?: string;
}

class Order {
  @IsEmail()
  customer!: string;

  @ValidateNested({ each: true })
  @Type(() => Item)
  @ArrayMinSize(1)
  items!: Item[];

  @IsIn(['pickup', 'parcel', 'courier'])
  delivery!: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => Address)
  address?: Address;

  @IsOptional()
  @IsBoolean()
  isGift?: boolean;

  @IsOptional()
  @IsDateString()
  wanted?: string;

  @IsOptional()
  @IsNumber()
  discount?: number;

  @IsOptional()
  @IsString()
  note?: string;
}

class Placed {
  @IsInt()
  id!: number;

  @IsString()
  state!: string;
}

/** Forms of all kinds, and answers of all kinds. */
@SocketNamespace('/shop', { sends: { 'order.placed': [Placed], tick: [Number] } })
export class ShopGateway extends SocketGateway {
  private count = 0;

  @SocketEvent('order', { description: 'Places an order, and tells all clients.', returns: Placed })
  order(@MessageBody() order: Order, @ConnectedSocket() socket: Socket): object {
    const placed = { id: ++this.count, state: order.isGift ? 'wrapped' : 'placed' };
    socket.nsp.emit('order.placed', placed);
    return placed;
  }

  /** Sends so many events at once. */
  @SocketEvent('ticks', { description: 'Sends many events at once.' })
  ticks(@MessageBody() count: number, @ConnectedSocket() socket: Socket): number {
    for (let tick = 1; tick <= count; tick++) socket.emit('tick', tick);
    return count;
  }

  @SocketEvent('picture', { description: 'Answers with binary data.' })
  picture(): Buffer {
    return Buffer.from('89504e470d0a1a0a'.padEnd(128, '0f'), 'hex');
  }

  @SocketEvent('long', { description: 'Answers with a long text and a long list.' })
  long(): object {
    return { text: 'x'.repeat(5000), list: Array.from({ length: 120 }, (_, index) => index) };
  }

  @SocketEvent('ask', { description: 'Asks the client back.' })
  async ask(@ConnectedSocket() socket: Socket): Promise<unknown> {
    return { said: (await socket.timeout(20_000).emitWithAck('confirm', { really: true })) as unknown };
  }

  @SocketEvent('send.old', { description: 'The way of last year.', deprecated: 'use order' })
  old(@MessageBody({ unchecked: true }) body: unknown): unknown {
    return body;
  }

  @SocketEvent('go', { description: 'Disconnects the client.' })
  go(@ConnectedSocket() socket: Socket): void {
    setImmediate(() => socket.disconnect());
  }

  @SocketEvent('*', { description: 'Says back what it gets.' })
  other(@MessageBody({ unchecked: true }) body: unknown): unknown {
    return { got: body };
  }
}

interface Person {
  id: number;
  roles: string[];
}

/** A dynamic namespace for users. */
@Authorize()
@SocketNamespace('/tenants/:tenantId', { ack: 'object' })
export class TenantGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket): Person {
    const { token } = socket.handshake.auth as { token?: string };
    if (token !== 'admin' && token !== 'guest') throw new Errors.UnAuthorizedError('BAD_TOKEN');
    return { id: token.length, roles: [token] };
  }

  @SocketEvent('whoami', { description: 'Says who the user is, and where.' })
  whoami(@User() user: Person, @NspParam('tenantId') tenant: string): object {
    return { user: user.id, tenant };
  }

  @Authorize('admin')
  @SocketEvent('close', { description: 'Closes the shop.' })
  close(): boolean {
    return true;
  }
}
