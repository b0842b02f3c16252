import { IsInt, IsString, Length, Max, Min } from 'class-validator';

/** A picture that somebody uploads. */
export class NewPicture {
  /** The name of its file. */
  @IsString()
  @Length(1, 200)
  name!: string;
}

/** A picture that is there. */
export class Picture {
  @IsInt() id!: number;
  @IsString() name!: string;
  @IsInt() bytes!: number;
  /** Where it can be looked at. */
  @IsString() url!: string;
}

export class ExportRequest {
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  rows!: number;
}

/** A row of the export. */
export class Sale {
  @IsInt() id!: number;
  @IsString() city!: string;
  /** In cents. */
  @IsInt() amount!: number;
}

export class Question {
  @IsString()
  @Length(1, 500)
  text!: string;
}

/** What pages are sent. */
export interface ToPage {
  /** A picture has been uploaded. */
  picture(picture: Picture): void;
}
