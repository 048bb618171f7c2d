#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# tender_seal_key_file: until they are opened, bids are encrypted in Redis.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Test::More;

use lib 't/lib';
use Tender::Api;
use Tender::Clock;
use Tender::Test;


my $OLD = 'a0' x 32;
my $NEW = 'b1' x 32;
my $CANARY = join '', map { ('a' .. 'z')[rand 26] } 1 .. 32;

my $t = Tender::Test->new(
    location => 'location /api/0.1/ { tender_api 0.1;
                     tender_anonymous write; tender_ownership off; }',
    http     => 'tender_seal_key_file %%DIR%%/keys;',
    redis    => { appendonly => 'yes' },
    files    => { keys => "$OLD\n" },
);

my $seen = '';
my $watch = $t->background(sub { monitor($t) });

sub monitor {
    my ($t) = @_;

    my $link = Tender::Redis->new($t->redis_socket);
    my $text = '';

    syswrite $link->{sock}, "MONITOR\r\n";

    while (sysread $link->{sock}, my $part, 65536) {
        $text .= $part;
        last if $text =~ /"STOP"/;
    }

    return $text;
}

$t->wait_for(sub { $t->redis('CLIENT', 'LIST') =~ /cmd=monitor/ });

my $tender = gated($t, start => -60, end => 3);
my @bids;

for my $amount (489.13, 485.27) {
    my $r = $t->post("$API/$tender->{id}/bidders",
                     qq({"data":{"bidders":[{"id":{"name":"$CANARY"}}],)
                     . qq("totalValue":{"amount":$amount}}}));

    is($r->status, 201, 'a bid') or diag($r->body);
    like($r->body, qr/$CANARY/, 'shown to who hands it in');
    push @bids, $r->json;
}

my $url = "$API/$tender->{id}/bidders/$bids[0]{data}{id}";
my $own = { 'X-Access-Token' => $bids[0]{access}{token} };

is($t->get($url, $own)->json->{data}{totalValue}{amount}, 489.13,
   'its owner reads it');

my $r = $t->patch($url, '{"data":{"totalValue":{"amount":477.31}}}', $own);

is($r->status, 200, 'and changes it') or diag($r->body);
like($r->body, qr/$CANARY/, 'what he did not change is still there');

$bids[0]{receipt} = $r->json->{receipt};


# a document of it, larger than a chunk, in two versions, and what is said
# about it

my $text = join '', map { sprintf "%s %06d\n", $CANARY, $_ } 1 .. 10_000;
my %file = ('Content-Type' => 'text/plain',
            'Content-Disposition' => qq(attachment; filename="$CANARY.txt"));

$r = $t->request('POST', "$url/documents", { %$own, %file }, 'first');
is($r->status, 201, 'a document of it') or diag($r->body);
is($r->json->{data}{title}, "$CANARY.txt", 'its name');

my $document = "$url/documents/" . $r->json->{data}{id};

$r = $t->request('PUT', $document, { %$own, %file }, $text);
is($r->status, 200, 'a new version') or diag($r->body);
is($r->json->{data}{hash}, sha256_hex($text), 'its hash');

$r = $t->patch($document, qq({"data":{"description":"$CANARY"}}), $own);
is($r->status, 200, 'is described') or diag($r->body);

my $version = $t->get($document, $own)->json->{data};

is_deeply([@$version{qw(title description size)}],
          ["$CANARY.txt", $CANARY, length $text], 'to its owner');
is($version->{previousVersions}[0]{size}, 5, 'with what was before');

my ($query) = $version->{url} =~ /(\?download=.*)/;

is($t->get("$document$query", $own)->body, $text, 'downloaded');
is($t->get("$document$query", { %$own, Range => 'bytes=262100-262200' })->body,
   substr($text, 262_100, 101), 'in part, across two chunks');
is($t->get("$document$query")->status, 403, 'by its owner alone');


# neither values nor commands nor files of Redis have it in clear

sub clear { $_[0] =~ /$CANARY|489\.13|485\.27|477\.31/ }

my @values = map { @{ $t->redis('HVALS', "{b0}:tender:$tender->{id}:$_") } }
             'bids';

push @values, @{ $t->redis('LRANGE', "{b0}:tender:$tender->{id}:journal", 0,
                           -1) };

is(scalar @values, 8, 'what the store has');

for my $key (@{ $t->redis('KEYS', "*$tender->{id}:documents:*") },
             @{ $t->redis('KEYS', "*$tender->{id}:file:*") })
{
    push @values, @{ $t->redis('HVALS', $key) };
}

is(scalar @values, 13, 'and of its documents');
is(scalar(grep { clear($_) } @values), 0, 'nothing of it in clear');
isnt(substr($values[0], -60), substr($values[1], -60), 'each another text');

$t->redis('ECHO', 'STOP');
$seen = $watch->result;

like($seen, qr/EVALSHA/i, 'the commands were watched');
ok(!clear($seen), 'no command carries it');

my $files = join '', map { $t->slurp(s/^\Q@{[$t->dir]}\E.//r) }
            glob($t->dir . '/appendonlydir/*');

like($files, qr/\Q$bids[0]{data}{id}\E/, 'the file has the bid');
ok(!clear($files), 'but not what it says');
ok(!clear($t->kept_log . $t->access_log), 'nor has a log');


# a chunk in the place of another one

my ($large) = grep { $t->redis('HLEN', $_) == 2 }
              @{ $t->redis('KEYS', "*$tender->{id}:file:*") };
my @chunks = map { $t->redis('HGET', $large, $_) } 0, 1;

$t->redis('HSET', $large, 0, substr($chunks[0], 0, -1) . 'x');
is($t->get("$document$query", $own)->status, 500, 'a chunk that was changed');
$t->redis('HSET', $large, 0, $chunks[0]);


# a new key in front: old bids are opened by the old one

$t->write_file('keys', "\n$NEW\r\n$OLD");
$t->reload;

is($t->get($url, $own)->json->{receipt}{hash}, $bids[0]{receipt}{hash},
   'the old key still opens');

$r = $t->post("$API/$tender->{id}/bidders",
              qq({"data":{"bidders":[{"id":{"name":"$CANARY 3"}}],)
              . '"totalValue":{"amount":500}}}');
is($r->status, 201, 'the new key seals');
push @bids, $r->json;


# the end: hashes are those of the bids in clear

ok($t->wait_for(sub {
    $t->get("$API/$tender->{id}")->json->{data}{status} eq 'active.auction'
}, 15), 'tendering ends');

is_deeply($t->get("$API/$tender->{id}")->json->{data}{bidHashes},
          [sort map { $_->{receipt}{hash} } @bids], 'bidHashes');

$r = $t->get("$API/$tender->{id}/auction");
is_deeply([map { $_->{amount} } @{ $r->json->{data}{bids} }],
          [485.27, 477.31, 500], 'the auction reads them')
    or diag($r->body);

$r = $t->patch("$API/$tender->{id}/auction",
               '{"data":{"bids":[{"amount":400},{"amount":399},'
               . '{"amount":500}]}}');
is($r->status, 200, 'and reports') or diag($r->body);

for my $bid (@bids) {
    $r = $t->get("$API/$tender->{id}/bidders/$bid->{data}{id}?opt_sealed=1");

    is(sha256_hex($r->body), $bid->{receipt}{hash}, 'as it was received')
        or diag($r->body);
}

like($t->get("$API/$tender->{id}")->body, qr/$CANARY 3/, 'opened to all');
is($t->get("$document$query")->body, $text, 'and the document');
is($t->get("$url/documents")->json->{data}[0]{title}, "$CANARY.txt",
   'with its name');


# without its key, or with another's text in its place, a bid is not opened

my $other = gated($t, start => -60, end => 3600);
my @pair = map { $t->post("$API/$other->{id}/bidders",
                          '{"data":{"totalValue":{"amount":1}}}')->json } 1, 2;
my $key = "{b0}:tender:$other->{id}:bids";

sub own {
    return $t->get("$API/$other->{id}/bidders/$pair[$_[0]]{data}{id}",
                   { 'X-Access-Token' => $pair[$_[0]]{access}{token} });
}

my @raw = map { $t->redis('HGET', $key, $_->{data}{id}) } @pair;

for my $case ([ 'a changed byte', substr($raw[0], 0, -1)
                . chr(ord(substr $raw[0], -1) ^ 1) ],
              [ 'cut', substr($raw[0], 0, -20) ],
              [ 'another bid\'s', $raw[0] =~ s/\x01.*//sr
                . ($raw[1] =~ s/^.*?(?=\x01)//sr) ])
{
    $t->redis('HSET', $key, $pair[0]{data}{id}, $case->[1]);
    is(own(0)->status, 500, "$case->[0]: refused");
}

$t->redis('HSET', $key, $pair[0]{data}{id}, $raw[0]);
is(own(0)->status, 200, 'put back: read');

$t->write_file('keys', "$OLD\n");
$t->reload;
is(own(1)->status, 500, 'without its key: refused');

$t->allow_errors(qr/what is sealed of "\w{32}" cannot be opened/);
$t->allow_errors(qr/holds a record that this module did not write/);

$t->finish;
done_testing;
