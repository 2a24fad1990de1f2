import { sql, type Kysely, type Migration } from 'kysely';

/**
 * Full-text search for SQLite. Triggers keep the index up to date with whatever writes catalog entries, in the same
 * transaction; the connection brings the function `search_tokens`.
 */
export const textIndexOfApis: Migration = {
  async up(db: Kysely<never>) {
    await sql`
      create virtual table api_texts using fts5(
        name, url, tags, description,
        content = '', contentless_delete = 1, tokenize = 'ascii', prefix = '1 2 3'
      )`.execute(db);
    await sql`
      create trigger api_texts_insert after insert on apis begin
        insert into api_texts (rowid, name, url, tags, description) values (
          new.id, search_tokens(new.name), search_tokens(new.url), search_tokens(new.tags_json),
          search_tokens(new.description)
        );
      end`.execute(db);
    await sql`
      create trigger api_texts_delete after delete on apis begin
        delete from api_texts where rowid = old.id;
      end`.execute(db);
    await sql`
      create trigger api_texts_update after update of name, url, tags_json, description on apis
      when old.name <> new.name or old.url <> new.url or old.tags_json <> new.tags_json
        or old.description <> new.description
      begin
        delete from api_texts where rowid = old.id;
        insert into api_texts (rowid, name, url, tags, description) values (
          new.id, search_tokens(new.name), search_tokens(new.url), search_tokens(new.tags_json),
          search_tokens(new.description)
        );
      end`.execute(db);
    await sql`
      insert into api_texts (rowid, name, url, tags, description)
      select id, search_tokens(name), search_tokens(url), search_tokens(tags_json), search_tokens(description)
      from apis`.execute(db);
  },
};
