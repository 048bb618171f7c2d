#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# A new password ends what was begun with the one before: sessions, tokens,
# Basic.  A hash that is made anew at a login does not.

use strict;
use warnings;

use MIME::Base64 qw(encode_base64);
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Login;


my $t = access_test(http => 'tender_auth_cache off;', location => <<'END');
        location /api/0.1/ { tender_api 0.1;
                             tender_auth basic session oauth2; }
        location /oauth/   { tender_oauth; tender_oauth_password_grant on; }
        location /         { tender_account; }
END

my $account = account($t, scopes => ['read', 'create']);
my $client  = client($t, $account);
my $form    = { 'Content-Type' => 'application/x-www-form-urlencoded' };


sub basic { { Authorization => 'Basic ' . encode_base64(join(':', @_), '') } }

sub reads { $t->get('/api/0.1/tenders', @_)->status }


sub token {
    my (%with) = @_;

    return $t->post('/oauth/token',
                    join('&', map { "$_=$with{$_}" } sort keys %with),
                    { %$form, %{ basic($client->{id}, $client->{secret}) } });
}


# all that a password gives

sub begin {
    my ($name, $password) = @_;

    my $tokens = token(grant_type => 'password', username => $name,
                       password => $password)->json;

    return {
        session => { Cookie => 'tender_session='
                               . cookie(login($t, $name, $password)) },
        basic   => basic($name, $password),
        token   => { Authorization => "Bearer $tokens->{access_token}" },
        refresh => $tokens->{refresh_token},
    };
}


my $user = user($t, $account, login => 'ann', password => 'first-secret');
my $old  = begin('ann', 'first-secret');

is(reads($old->{$_}), 200, "$_: good") for qw(session basic token);

change($t, $user, name => 'Ann');
is(reads($old->{$_}), 200, "$_: good after another change")
    for qw(session basic token);

change($t, $user, password => 'other-secret');
is(reads($old->{$_}), 401, "$_: ended") for qw(session basic token);

my $r = token(grant_type => 'refresh_token',
              refresh_token => $old->{refresh});

is($r->status, 400, 'refresh: ended');
is($r->json->{error}, 'invalid_grant', 'as what is not good');
is(login($t, 'ann', 'first-secret')->status, 401, 'the old password');

my $new = begin('ann', 'other-secret');

is(reads($new->{$_}), 200, "$_: begun anew") for qw(session basic token);
isnt($new->{token}{Authorization}, $old->{token}{Authorization},
     'the token is another one');
is(token(grant_type => 'refresh_token',
         refresh_token => $new->{refresh})->status, 200, 'refresh: good');

change($t, $user, password => undef);
is(reads($new->{$_}), 401, "$_: ended without a password")
    for qw(session basic token);


# an imported hash is replaced at the first login

my $bob  = user($t, $account, login => 'bob',
                passwordHash => quick_hash('from-elsewhere'));
my $begun = begin('bob', 'from-elsewhere');

like(stored_user($t, $bob->{id})->{data}{secret}{hash}, qr/^\$argon2id\$/,
     'it was hashed anew');
is(reads($begun->{$_}), 200, "$_: still good") for qw(session basic token);

$t->finish;
done_testing;
