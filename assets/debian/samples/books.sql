-- sqlite3 books.db <books.sql: a database in a file, with an index and a transaction.
create table author(id integer primary key, name text);
create table book(title text, author integer references author, year integer);
create index by_year on book(year);
begin;
insert into author(name) values ('Knuth'), ('Kernighan'), ('Tanenbaum');
insert into book values ('The Art of Computer Programming', 1, 1968), ('The C Programming Language', 2, 1978),
  ('The Practice of Programming', 2, 1999), ('Operating Systems', 3, 1987);
commit;
select name, count(*), min(year) from author join book on author = id group by id order by name;
select title from book where year between 1975 and 1990 order by year;
pragma integrity_check;
