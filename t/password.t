#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Passwords: argon2id, what is imported, what is hashed anew.

use strict;
use warnings;

use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Login;
use Tender::Test;


my $t = login_test(http => 'tender_chronograph off;');
my $ARGON = qr{^\$argon2id\$v=19\$m=19456,t=2,p=1
                \$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$}x;
my @WRONG = ([body => 'username', 'The name or the password is wrong']);


# tries of one test are not those of the next

sub fresh {
    my @keys = @{ $t->redis('KEYS', '{g}:tries:*') };

    $t->redis('DEL', @keys) if @keys;
}


sub good {
    my ($name, $password, $why) = @_;

    fresh();

    my $r = login($t, $name, $password);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    is($r->status, 200, $why) or diag($r->body);

    return $r;
}


sub wrong {
    my ($name, $password, $why) = @_;

    fresh();

    my $r = login($t, $name, $password);

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    refused($r, 401, @WRONG, $why);
    is($r->header('WWW-Authenticate'), 'Session realm="tender"',
       "$why: challenge");
    is(cookie($r), undef, "$why: no session");
}


# what is imported

my $SALT = 'abcdefghijklmnopqrstuu';
my %imports = (
    '$2b$' => '$2b$04$' . $SALT,
    '$2a$' => '$2a$04$' . $SALT,
    '$2y$' => '$2y$05$' . $SALT,
    '$y$'  => '$y$j9T$F5Jx5fExrKuPp53xLKQ..1',
    '$y$, the least cost' =>
        '$y$j75$F5Jx5fExrKuPp53xLKQ..1',
);

for my $kind (sort keys %imports) {
    my $hash = crypt 'Pa55 word', $imports{$kind};

    plant_user($t, 'ann@acme', undef, hash => $hash,
               data => { name => "\x{490}\"\\", email => 'a@b.c' });

    my $before = stored_user($t);

    wrong('ann@acme', 'Pa55 Word', "$kind: a wrong password");
    is(stored_user($t)->{data}{secret}{hash}, $hash, "$kind: it stays");

    good('ann@acme', 'Pa55 word', "$kind: the right one");

    my $after = stored_user($t);

    like($after->{data}{secret}{hash}, $ARGON, "$kind: it is argon2id now");
    is($after->{version}, $before->{version} + 1, "$kind: another version");

    $_->{data}{secret} = undef for $before, $after;
    is_deeply($after->{data}, $before->{data}, "$kind: nothing else changes");

    good('ann@acme', 'Pa55 word', "$kind: the new one is good");
    is(stored_user($t)->{version}, $before->{version} + 1,
       "$kind: it stays so");
    wrong('ann@acme', 'Pa55 Word', "$kind: a wrong password, again");
}

my @audit = map { +{ @{ $_->[1] } } }
            @{ $t->redis('XRANGE', '{g}:audit', '-', '+') };

is(scalar @audit, scalar keys %imports, 'each is in the audit');
is(join(' ', map { $audit[0]{$_} } qw(op kind id who what)),
   'change user 1 7/1@acme hash', 'by whom, and what');


# argon2id of others: "password" with the salt "somesaltsomesalt"

my %stored = (
    'as a new one' =>
        ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$'
         . 'K13EBUiG7JV+9ZxztmHFTdb7J0WQsnj2V8bZaqyPptE', 0],
    'with more memory' =>
        ['$argon2id$v=19$m=32768,t=3,p=2$c29tZXNhbHRzb21lc2FsdA$'
         . 'TT7z34YZhoObnNdOBJ+FQJr1zBVT8PitdKbeCUQjjws', 0],
    'with less memory' =>
        ['$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$'
         . 'BvuA7SfebsIC3f4gSy7/Ei1s6+hsEfaOuCZMbl/y/Sg', 1],
    'with one pass' =>
        ['$argon2id$v=19$m=19456,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$'
         . 'hVPxhrHEJ4nYUc52JXPmRhAPEOWGpos/e0bgrJvX7ts', 1],
    'with a short salt' =>
        ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$'
         . 'PL01amPyeUuxG7H0vIr5X+qHkZvWnHmGBGXFYvh8z2E', 1],
    'with a short hash' =>
        ['$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$'
         . 'REzoonlkmJMLgf4HLL89yw', 1],
);

for my $kind (sort keys %stored) {
    my ($hash, $weak) = @{ $stored{$kind} };

    plant_user($t, 'ann@acme', undef, hash => $hash);

    wrong('ann@acme', 'Password', "$kind: a wrong password");
    good('ann@acme', 'password', "$kind: the right one");

    my $after = stored_user($t)->{data}{secret}{hash};

    $weak ? like($after, $ARGON, "$kind: it is hashed anew")
          : is($after, $hash, "$kind: it stays");
    isnt($after, $hash, "$kind: not the same") if $weak;
}


# what a thread cannot bear, and what is no hash: nobody's

my $rest = 'c29tZXNhbHRzb21lc2FsdA$'
           . 'K13EBUiG7JV+9ZxztmHFTdb7J0WQsnj2V8bZaqyPptE';

for my $hash (
    "\$argon2id\$v=19\$m=1048577,t=2,p=1\$$rest",
    "\$argon2id\$v=19\$m=19456,t=17,p=1\$$rest",
    "\$argon2id\$v=19\$m=19456,t=2,p=17\$$rest",
    "\$argon2id\$v=19\$m=7,t=2,p=1\$$rest",
    "\$argon2id\$v=19\$m=0,t=2,p=1\$$rest",
    "\$argon2id\$v=19\$m=019456,t=2,p=1\$$rest",
    "\$argon2id\$v=19\$m=99999999999,t=2,p=1\$$rest",
    "\$argon2id\$v=16\$m=19456,t=2,p=1\$$rest",
    "\$argon2i\$v=19\$m=19456,t=2,p=1\$$rest",
    "\$argon2id\$v=19\$m=19456,t=2,p=1\$$rest=",
    "\$argon2id\$v=19\$m=19456,t=2,p=1\$c29tZXNhbHRzb21lc2FsdA",
    crypt('password', '$1$saltsalt'), crypt('password', '$6$saltsalt'),
    crypt('password', 'ab'),
    '$2b$16$' . substr(crypt('password', '$2b$04$' . $SALT), 7),
    '$2b$03$' . substr(crypt('password', '$2b$04$' . $SALT), 7),
    '$2x$04$' . substr(crypt('password', '$2b$04$' . $SALT), 7),
    substr(crypt('password', '$2b$04$' . $SALT), 0, 59),
    '$y$jGT$F5Jx5fExrKuPp53xLKQ..1$' . 'a' x 43,
    '$y$j9U$F5Jx5fExrKuPp53xLKQ..1$' . 'a' x 43,
    '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$' . 'a' x 42,
    'password', '*', '!', '$', '', 'x' x 300,
) {
    plant_user($t, 'ann@acme', undef, hash => $hash);
    wrong('ann@acme', 'password', 'stored: ' . substr $hash, 0, 70);
    wrong('ann@acme', '', 'stored, and no password: ' . substr $hash, 0, 70)
        if length $hash < 10;
}


# bounds of a password; each byte of it counts

plant_user($t, 'ann@acme', undef, hash => crypt 'x' x 256, $imports{'$y$'});
good('ann@acme', 'x' x 256, '256 bytes, yescrypt');
good('ann@acme', 'x' x 256, '256 bytes, argon2id');
wrong('ann@acme', 'x' x 255, '255 bytes');
wrong('ann@acme', 'x' x 257, '257 bytes');
wrong('ann@acme', 'x' x 255 . 'y', 'the last one of 256');
wrong('ann@acme', '', 'none at all');

# bcrypt looks at 72: what is behind may be mistyped, and is not kept

my $long = quick_hash('x' x 80);

plant_user($t, 'ann@acme', undef, hash => $long);
wrong('ann@acme', 'x' x 71, 'bcrypt, 71 bytes');
good('ann@acme', 'x' x 72 . 'yz', 'bcrypt, 74 bytes of which 72 are right');
is(stored_user($t)->{data}{secret}{hash}, $long, 'it stays');
good('ann@acme', 'x' x 72, 'bcrypt, 72 bytes');
like(stored_user($t)->{data}{secret}{hash}, $ARGON, 'they are hashed anew');

my $odd = "\x{490}\x{1F600} \"'\\&+%<>\x{1}\n";
my $bytes = $odd;

utf8::encode($bytes);
plant_user($t, 'ann@acme', $bytes);
good('ann@acme', $odd, 'all kinds of characters');
good('ann@acme', $odd, 'all kinds of characters, argon2id');
wrong('ann@acme', "$odd ", 'and a blank');


# a user without an account's say

plant_user($t, 'ann@acme', 'password');

my $data = $t->redis('HGET', '{g}:users', 1);

for my $secret ('{}', '[]', '1', '"x"', 'null', '{"hash":1}', '{"hash":null}')
{
    $t->redis('HSET', '{g}:users', 1,
              $data =~ s/"secret":\{.*?\}/"secret":$secret/r);
    wrong('ann@acme', 'password', "secret $secret");
}

$t->redis('HSET', '{g}:users', 1, $data);
good('ann@acme', 'password', 'as it was');


# nothing of it is kept, but its hash

unlike($t->kept_log . $t->access_log, qr/Pa55|passwor[d]=/, 'not in the logs');
unlike(everything($t), qr/Pa55 word|xxxxxxxx/, 'not in the store');
is($t->redis('GET', '{g}:tries'), undef, 'no name of a counter is a login');

$t->finish;
done_testing;
