#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Saved searches: /api/searches of tender_account, whose they are, who may
# change them, what they are checked against, how many there are.

use strict;
use warnings;
use utf8;

use Digest::SHA qw(sha256_hex);
use JSON::PP ();
use Test::More;

use lib 't/lib';
use Tender::Access;
use Tender::Api;
use Tender::Login;
use Tender::Test;


my $t = access_test(
    http     => 'tender_auth_cache off; client_max_body_size 1m;',
    location => <<'END',
        location / { tender_account; }
        location = /only/api/searches { tender_account; }
        location /open/ { tender_account; tender_anonymous read; }
        location /off/ { tender_account; tender_auth off; }
        location /codes/ { tender_account; tender_auth api_code; }
        location /inside/ { tender_account; satisfy any; deny all; }
        location /both/ { tender_account; deny all; }
END
);

my $NONE  = [url => 'id', 'Not Found'];
my $DATE  = qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
my $JSON  = JSON::PP->new->utf8->canonical;

my $one   = account($t, name => 'One');
my $two   = account($t, name => 'Two', scopes => ['read', 'write']);
my $own   = with(api_code($t, $one));
my $other = with(api_code($t, $two));

sub with { return { 'X-Api-Code' => $_[0]{code} } }

sub save {
    my ($name, $query, $headers) = @_;

    my $r = $t->post('/api/searches',
                     { data => { name => $name, query => $query } },
                     $headers || $own);

    die 'not saved: ', $r->status, ' ', $r->body if $r->status != 201;

    return $r->json->{data};
}

sub fault {
    my ($r, $status, $name, $description, $test) = @_;

    refused($r, $status, [body => $name, $description], $test);
}


# one is made

my $r = $t->post('/api/searches', { data => {
    name  => 'Папір & "cartons"',
    query => { kwords => 'картон* | "carton box"', price1 => 500,
               price2 => '1000.50', actual => JSON::PP::true, tenpage => 50,
               sort_by => 'by_price', date_start => '31.10.2014' },
} }, $own);

is($r->status, 201, 'a search is saved');

my $first = $r->json->{data};
my $url   = $t->url;

is($r->header('Location'), "$url/api/searches/1", 'where it is');
is($r->header('Content-Type'), 'application/json; charset=UTF-8', 'JSON');
is($r->header('Cache-Control'), 'no-store', 'nobody keeps it on the way');
is($first->{id}, '1', 'its number');
is($first->{account}, $one->{id}, 'whose it is');
is($first->{name}, 'Папір & "cartons"', 'its name');
is_deeply($first->{query}, {
    kwords => 'картон* | "carton box"', price1 => 500, price2 => 1000.5,
    actual => JSON::PP::true, tenpage => 50, sort_by => 'by_price',
    date_start => '31.10.2014',
}, 'its parameters');
is($first->{url}, "$url/api/export?search_id=1", 'where its matches are');
is($first->{atom}, "$url/api/searches/1.atom", 'and its feed');
like($first->{created}, $DATE, 'when it was made');
is($first->{modified}, $first->{created}, 'not changed since');
is_deeply([sort keys %$first],
          [qw(account atom created id modified name query url)],
          'nothing else');
like($r->body, qr/"price2":1000\.50/, 'a number keeps its digits');


# it is read

$r = $t->get('/api/searches/1', $own);
is($r->status, 200, 'GET');
is_deeply($r->json, { data => $first }, 'the same');
is($t->head('/api/searches/1', $own)->status, 200, 'HEAD');
is($t->head('/api/searches', $own)->status, 200, 'HEAD of all');
is_deeply($t->get('/api/searches', $own)->json, { data => [$first] }, 'all');

my $second = save('All', {});

is($second->{id}, '2', 'the next number');
is_deeply($second->{query}, {}, 'without parameters it matches all');
is_deeply($t->get('/api/searches', $own)->json, { data => [$first, $second] },
          'in their order');
is_deeply($t->get('/api/searches', $other)->json, { data => [] },
          'another account has none');
is_deeply($t->get('/only/api/searches', $own)->json->{data}[0]{url},
          "$url/only/api/export?search_id=1", 'below the prefix');


# and changed

$r = $t->patch('/api/searches/1', { data => {
    query => { kwords => 'folder', price2 => undef },
} }, $own);
is($r->status, 200, 'PATCH');

my $changed = $r->json->{data};

is_deeply($changed->{query}, {
    kwords => 'folder', price1 => 500, actual => JSON::PP::true,
    tenpage => 50, sort_by => 'by_price', date_start => '31.10.2014',
}, 'what was sent is merged, null removes');
is($changed->{name}, $first->{name}, 'its name stays');
is($changed->{created}, $first->{created}, 'when it was made stays');
is($changed->{id}, '1', 'so does its number');

is($t->patch('/api/searches/1', { data => { name => 'Folders' } }, $own)
     ->json->{data}{name}, 'Folders', 'PATCH of its name');
is_deeply($t->get('/api/searches/1', $own)->json->{data}{query},
          $changed->{query}, 'its query stays');
is($t->patch('/api/searches/1', { data => {} }, $own)->status, 200,
   'PATCH of nothing');

$r = $t->put('/api/searches/1', { data => { name => 'New', query => {} } },
             $own);
is($r->status, 200, 'PUT');
is_deeply($r->json->{data}{query}, {}, 'replaces all of it');
is($r->json->{data}{created}, $first->{created}, 'but when it was made');

$r = $t->put('/api/searches/1', { data => $r->json->{data} }, $own);
is($r->status, 200, 'what was shown may be sent back');
is_deeply([@{ $r->json->{data} }{qw(id account url)}],
          ['1', $one->{id}, "$url/api/export?search_id=1"],
          'and sets nothing that is ours');

$r = $t->put('/api/searches/1', { data => { name => 'New', query => {},
             id => '7', account => $two->{id}, created => 'then',
             url => 'http://elsewhere/' } }, $own);
is_deeply([@{ $r->json->{data} }{qw(id account url)}],
          ['1', $one->{id}, "$url/api/export?search_id=1"],
          'whatever it says');


# it is the account's

for my $case ([GET => undef], [PATCH => { data => { name => 'x' } }],
              [PUT => { data => { name => 'x', query => {} } }],
              [DELETE => undef])
{
    my ($method, $data) = @$case;

    refused($t->request($method, '/api/searches/1', $other, $data), 404,
            $NONE, "$method of another account's");
    refused($t->request($method, "/api/searches/$_", $own, $data), 404, $NONE,
            "$method of $_")
        for '3', '0', '01', '-1', '1x', 'x', '9' x 23, '%D0%BF', '+1';
}

is($t->get('/api/searches/1', $own)->json->{data}{name}, 'New',
   'nobody has changed it');
is($t->get('/api/searches/1/', $own)->status, 404, 'no such path');
is($t->get('/api/searches/', $own)->status, 404, 'nor this one');


# who may

for my $path ('/api/searches', '/api/searches/1', '/open/api/searches',
              '/off/api/searches')
{
    refused($t->get($path), 401, [url => 'permission',
            'Credentials are needed here'], "$path: nobody");
}

like($t->get('/api/searches')->header('WWW-Authenticate'),
     qr/^Bearer realm="tender"/, 'a challenge');
is($t->get('/api/searches', { 'X-Api-Code' => 'tndk' . 'a' x 32 })->status,
   401, 'an unknown code');
is($t->get("/api/searches?api_code=$own->{'X-Api-Code'}")->status, 200,
   'a code in the address');
is($t->get('/api/searches', { Authorization =>
           "Bearer $own->{'X-Api-Code'}" })->status, 200, 'as Bearer');
is($t->get("/api/searches?api_code=$own->{'X-Api-Code'}", $other)->status,
   400, 'two of them');
is($t->get('/codes/api/searches', $own)->status, 200, 'of a kind that is '
   . 'taken');

is($t->get('/inside/api/searches', $own)->status, 200,
   '"satisfy any": a key lets in');
is($t->get('/inside/api/searches')->status, 401, 'nobody is not let in');
is($t->get("/inside/$_")->status, 403, "nor to $_") for qw(login session);
is($t->get('/both/api/searches', $own)->status, 403,
   '"satisfy all": a key alone does not');

my $reader = with(api_code($t, $one, scopes => ['read']));
my $maker  = with(api_code($t, $one, scopes => ['create']));

is($t->get('/api/searches/1', $reader)->status, 200,
   'with the right to read: GET');

for my $case ([POST => '/api/searches', 'create'],
              [PUT => '/api/searches/1', 'update'],
              [PATCH => '/api/searches/1', 'update'],
              [DELETE => '/api/searches/1', 'delete'])
{
    my ($method, $path, $scope) = @$case;

    $r = $t->request($method, $path, $reader,
                     { data => { name => 'x', query => {} } });
    refused($r, 403, [url => 'permission', 'Forbidden'],
            "with it alone: no $method");
    like($r->header('WWW-Authenticate'),
         qr/error="insufficient_scope", scope="$scope"/,
         "$method needs $scope");
}

is($t->get('/api/searches/1', $maker)->status, 403, 'nor GET without it');


# somebody who has logged in, with the right to read

my $writer = account($t, name => 'Readers', scopes => ['read']);

user($t, $writer, login => 'ann', password => 'four-oak-chairs');

$r = login($t, 'ann', 'four-oak-chairs');
is($r->status, 200, 'logged in');

my $csrf    = $r->json->{csrf};
my $session = { Cookie => 'tender_session=' . cookie($r) };
my %body    = (data => { name => 'Mine', query => { kwords => 'mine' } });

refused($t->post('/api/searches', \%body, $session), 403,
        [header => 'X-CSRF-Token', 'Missing or wrong'], 'no CSRF token');
refused($t->post('/api/searches', \%body,
                 { %$session, 'X-CSRF-Token' => 'a' x 64 }), 403,
        [header => 'X-CSRF-Token', 'Missing or wrong'], 'a wrong one');

my $with = { %$session, 'X-CSRF-Token' => $csrf };

$r = $t->post('/api/searches', \%body, $with);
is($r->status, 201, 'with it a search is saved');

my $mine = $r->json->{data}{id};

is($t->get("/api/searches/$mine", $session)->status, 200, 'GET needs none');
refused($t->delete("/api/searches/$mine", $session), 403,
        [header => 'X-CSRF-Token', 'Missing or wrong'], 'DELETE does');
is($t->patch("/api/searches/$mine", { data => { name => 'More' } }, $with)
     ->json->{data}{name}, 'More', 'PATCH with it');
is($t->delete("/api/searches/$mine", $with)->status, 200, 'DELETE with it');
is($t->get('/codes/api/searches', $session)->status, 401,
   'where no session is taken, it is none');
is($t->post('/api/searches', 'name=x', { %$with, 'Content-Type' =>
            'application/x-www-form-urlencoded' })->status, 415,
   'a form is not JSON');


# what is wrong with it

my $needed = ['This field is required.'];

fault($t->post('/api/searches', { data => { query => {} } }, $own), 422,
      name => $needed, 'no name');
fault($t->post('/api/searches', { data => { name => 'x' } }, $own), 422,
      query => $needed, 'no query');
fault($t->patch('/api/searches/1', { data => { name => undef } }, $own), 422,
      name => $needed, 'a name is not removed');
fault($t->post('/api/searches', { data => { name => 'x' x 201, query => {} } },
               $own), 422, name => ['String value is too long.'],
      'a long name');
fault($t->post('/api/searches', { data => { name => 'x', query => {},
                                            colour => 'red' } }, $own), 422,
      colour => 'Rogue field', 'a member that nobody knows');
fault($t->post('/api/searches', { data => { name => 'x',
               query => { kword => 'x' } } }, $own), 422,
      query => { kword => 'Rogue field' }, 'a parameter that nobody knows');
fault($t->post('/api/searches', { data => { name => 'x',
               query => { api_code => 'tndk' } } }, $own), 422,
      query => { api_code => 'Rogue field' }, 'a secret is no parameter');

for my $case (
    ['an open phrase', { kwords => '"carton' }, 'kwords'],
    ['an open bracket', { kwords => '(a | b' }, 'kwords'],
    ['a dash', { kwords => 'a -' }, 'kwords'],
    ['a date that is none', { date_start => '31.02.2014' }, 'date_start'],
    ['an order that is none', { sort_by => 'by_colour' }, 'sort_by'],
    ['a page that is too long', { tenpage => 100000 }, 'tenpage'],
    ['a price that is none', { price1 => 'much' }, 'price1'],
    ['a status that is none', { status => 'open' }, 'status'],
    ['a CPV code that is none', { cpv => 'paper' }, 'cpv'],
    ['a field that is none', { fields => 'ID,Colour' }, 'fields'],
    ['a format that is none', { dtype => 'pdf' }, 'dtype'],
) {
    my ($name, $query, $field) = @$case;

    for my $method (qw(POST PUT PATCH)) {
        $r = $t->request($method, '/api/searches'
                         . ($method eq 'POST' ? '' : '/1'), $own,
                         { data => { name => 'x', query => $query } });

        is($r->status, 422, "$method: $name: 422") or diag($r->body);

        my $error = $r->json->{errors}[0];

        is("$error->{location} $error->{name}", 'body query',
           "$method: $name: where");
        is_deeply([keys %{ $error->{description} }], [$field],
                  "$method: $name: what");
    }
}

is($t->get('/api/searches/1', $own)->json->{data}{name}, 'New',
   'nothing of it was stored');

fault($t->post('/api/searches', '{"data":', $own), 422, data => $_->[0],
      'not JSON')
    for [JSON::PP->new->decode($t->post('/api/searches', '{"data":', $own)
                                 ->body)->{errors}[0]{description}];
fault($t->post('/api/searches', $_, $own), 422, data => 'Data not available',
      "not a search: $_")
    for '[]', '{}', '{"data":[]}', '{"data":null}', '1';
is($t->post('/api/searches', { data => { name => 'x', query => {} } },
            { %$own, 'Content-Type' => 'text/plain' })->status, 415,
   'not said to be JSON');
is($t->post('/api/searches', '{"data":{"name":"' . 'x' x 9000 . '"}}', $own)
     ->status, 413, 'a large one');
is($t->post('/api/searches', sprintf("%x\r\n%s\r\n0\r\n\r\n", 9000,
            ' ' x 9000), { %$own, 'Transfer-Encoding' => 'chunked' })->status,
   413, 'that does not say so');

$r = $t->put('/api/searches', { data => {} }, $own);
is($r->status, 405, 'PUT of all');
is($r->header('Allow'), 'GET, HEAD, POST', 'what there is');
is($t->post('/api/searches/1', { data => {} }, $own)->header('Allow'),
   'GET, HEAD, PUT, PATCH, DELETE', 'and of one');


# many at once: each is applied to what there is

my $busy = save('Busy', { kwords => 'busy' });
my @keys = qw(kwords kwords_minus buyer country cpv status tend_num fields);
my %want = (kwords => 'one', kwords_minus => 'two', buyer => 'three',
            country => 'four', cpv => '4461*', status => 'complete',
            tend_num => 'UA-1', fields => 'ID');

my @status = $t->parallel(scalar @keys, sub {
    my $key = $keys[ $_[0] ];

    return $t->client(timeout => 60)->patch("/api/searches/$busy->{id}",
               { data => { query => { $key => $want{$key} } } }, $own)->status;
});

is("@status", join(' ', (200) x @keys), 'changes at the same time');
is_deeply($t->get("/api/searches/$busy->{id}", $own)->json->{data}{query},
          \%want, 'none is lost');
is((split / /, $t->redis('HGET', '{g}:searches', $busy->{id}))[0],
   1 + @keys, 'each is one version');


# as many as there may be

my $many = account($t, name => 'Many');
my $code = with(api_code($t, $many));

@status = map { @$_ } $t->parallel(4, sub {
    my $c = $t->client(timeout => 60);

    return [map { $c->post('/api/searches', { data => { name => "n $_",
                            query => {} } }, $code)->status } 1 .. 26];
});

is(scalar(grep { $_ == 201 } @status), 100, 'a hundred are saved');
is(scalar(grep { $_ == 422 } @status), 4, 'the others are not');
fault($t->post('/api/searches', { data => { name => 'x', query => {} } },
               $code), 422,
      data => 'An account keeps 100 searches: remove one first', 'full');

my $all = $t->get('/api/searches', $code)->json->{data};

is(scalar @$all, 100, 'all of them are listed');
is($t->patch("/api/searches/$all->[0]{id}", { data => { name => 'y' } }, $code)
     ->status, 200, 'one may be changed');
is($t->delete("/api/searches/$all->[0]{id}", $code)->status, 200,
   'one is removed');
is($t->post('/api/searches', { data => { name => 'x', query => {} } }, $code)
     ->status, 201, 'there is room for another one');
is($t->post('/api/searches', { data => { name => 'x', query => {} } }, $own)
     ->status, 201, 'other accounts have room of their own');


# they go

$r = $t->delete('/api/searches/2', $own);
is($r->status, 200, 'DELETE');
is_deeply($r->json, { data => $second }, 'what it was');
refused($t->delete('/api/searches/2', $own), 404, $NONE, 'again');
refused($t->get('/api/searches/2', $own), 404, $NONE, 'it is gone');

my $kept = $t->redis('HLEN', '{g}:searches');

is($t->delete($_)->status, 200, 'what an account owns')
    for map { "/admin/accounts/$many->{id}/codes/$_->{id}" }
        @{ $t->get("/admin/accounts/$many->{id}/codes")->json->{data} };
is($t->delete("/admin/accounts/$many->{id}")->status, 200,
   'an account that has nothing but searches is removed');
is($t->redis('HLEN', '{g}:searches'), $kept - 100, 'they go with it');
is($t->redis('ZCARD', '{g}:searches:all'), $kept - 100, 'from the list, too');
is($t->redis('EXISTS', "{g}:searches:of:$many->{id}"), 0, 'and from its own');
is($t->get('/api/searches/1', $own)->status, 200, 'others stay');


# the audit has who did what, and no query

my %seen;

for my $event (@{ $t->get('/admin/audit?limit=1000')->json->{data} }) {
    next if $event->{kind} ne 'search' || $event->{account} ne $one->{id};

    $seen{"$event->{op} @{ $event->{what} }"}++;
    like($event->{who}, qr/^\Q$one->{id}\E\@/, 'who');
}

is_deeply([sort keys %seen],
          ['change name query', 'create name query', 'delete '],
          'what was done');


# what is not as we have written it

$t->allow_errors(qr/a record that this module did not write/);
$t->redis('HSET', '{g}:searches', '1', 'nonsense');
is($t->get('/api/searches/1', $own)->status, 500, 'a damaged entry');
is($t->get('/api/searches', $own)->status, 500, 'in a list');

unlike($t->kept_log . $t->access_log, qr/tndk\w|four-oak|$csrf/,
       'no secret is in a log');

$t->finish;
done_testing;
