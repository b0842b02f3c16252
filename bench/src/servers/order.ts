import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

export class Address {
  @IsString() @Length(1, 100) street!: string;
  @IsString() @Length(1, 60) city!: string;
  @Matches(/^[A-Z0-9 ]{3,10}$/) zip!: string;
}

/** Five properties and a nested class: the payload of NestJS and of this library alike. */
export class Order {
  @IsString() @Length(1, 50) product!: string;
  @IsInt() @Min(1) @Max(100) quantity!: number;
  @IsNumber() @Min(0) price!: number;
  @IsBoolean() express!: boolean;
  @IsOptional() @IsString() @MaxLength(200) note?: string;
  @ValidateNested() @Type(() => Address) address!: Address;
}
