import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsDefined,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { z } from 'zod';

export class Address {
  @Length(1, 100)
  street!: string;

  @Matches(/^\d{5}$/, { message: 'A postal code has five digits.' })
  postalCode!: string;
}

export class Item {
  @IsString()
  product!: string;

  @IsInt()
  @Min(1)
  @Max(99)
  count = 1;
}

export class Order {
  /** Every item becomes an `Item`, and is checked as one. */
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => Item)
  items!: Item[];

  @IsIn(['courier', 'pickup'])
  delivery!: 'courier' | 'pickup';

  /** Who fetches the order needs no address. */
  @ValidateIf((order: Order) => order.delivery === 'courier')
  @IsDefined()
  @ValidateNested()
  @Type(() => Address)
  address?: Address;

  @IsOptional()
  @Length(1, 200)
  note?: string;
}

/** A schema in place of a class: zod here, but valibot, arktype and others are taken as well. */
export const Search = z.object({
  text: z.string().trim().min(2),
  page: z.number().int().positive().default(1),
});
