#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Receipts: what was handed in, and when; and how anybody can tell that no bid
# was added, changed or taken away once tendering was over.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Clock qw(now_us iso until_us turned gated bid);
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /own/     { tender_api 0.1; tender_anonymous write; }
        location /read/    { tender_api 0.1; tender_anonymous read; }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';


sub bytes {
    my ($tender, $bid, $token) = @_;

    return $c->get("$path/$tender->{id}/bidders/$bid->{id}?opt_sealed=1"
                   . ($token ? "&acc_token=$bid->{token}" : ''))->body;
}


# how an opening is verified, with standard tools

my $script = <<'END';
    curl -s "$tender" | grep -o '"bidHashes":\[[^]]*\]' \
        | grep -o '[0-9a-f]\{64\}' > published
    curl -s "$tender/bidders" \
        | grep -o '"id":"[0-9a-f]\{32\}","date"' | cut -c 7-38 \
        | while read bid; do
              curl -s "$tender/bidders/$bid?opt_sealed=1" | sha256sum
          done | cut -c 1-64 | sort > opened
    cmp published opened && echo "all $(wc -l < opened) bids are as they were"
END

sub verify {
    my ($tender) = @_;

    delete local @ENV{ grep { /_proxy$/i } keys %ENV };
    local $ENV{tender} = $t->url("/read/tenders/$tender->{id}");
    local $ENV{LC_ALL} = 'C';

    $t->write_file('verify', $script);

    return `cd $t->{dir} && sh verify 2>&1`;
}


# while bids are sealed: one for each offer, and for the asking

my %tender = map { $_ => gated($t, start => -60, end => 3) }
             qw(none one two many);
my %bids;

for my $name (qw(one two many)) {
    my $tender = $tender{$name};
    my $n = { one => 1, two => 2, many => 7 }->{$name};

    for (1 .. $n) {
        my $from = now_us($t);
        my $bid  = bid($t, $tender, 400 + $_);
        my $till = now_us($t);
        my $us   = $bid->{receipt}{received};

        ok($us >= $from && $us <= $till, "$name: received now");
        is($bid->{data}{date}, iso($us), 'which is its date');
        is($bid->{receipt}{hash}, sha256_hex(bytes($tender, $bid, 1)),
           'the hash of what is stored');
        push @{ $bids{$name} }, $bid;
    }
}

{
    my $tender = $tender{many};
    my ($first, $second, $third) = @{ $bids{many} };
    my $own = sub { "$path/$tender->{id}/bidders/$_[0]{id}"
                    . "?acc_token=$_[0]{token}" };
    my $r = $c->get($own->($first));

    is_deeply($r->json->{receipt}, $first->{receipt},
              'its owner is told it again');

    # a change has a receipt of its own
    $r = $c->patch($own->($second), '{"data":{"totalValue":{"amount":390}}}');
    isnt($r->json->{receipt}{hash}, $second->{receipt}{hash},
         'another bid, another hash');
    cmp_ok($r->json->{receipt}{received}, '>', $second->{receipt}{received},
           'received later');
    is($r->json->{receipt}{hash}, sha256_hex(bytes($tender, $second, 1)),
       'the hash of what is stored now');
    $second->{receipt} = $r->json->{receipt};

    $r = $c->patch($own->($second), '{"data":{"bidders":[{"id":{'
                                    . '"name":"Another"}}]}}');
    is($r->json->{receipt}{hash}, sha256_hex(bytes($tender, $second, 1)),
       'and of a change that is no other offer');
    $second->{receipt} = $r->json->{receipt};

    # one that is withdrawn does not count
    is($c->delete($own->($third))->status, 200, 'one is withdrawn');
    splice @{ $bids{many} }, 2, 1;

    is($c->get("$path/$tender->{id}")->json->{data}{bidHashes}, undef,
       'no hashes before the end');
    cmp_ok(now_us($t), '<', $tender->{end}, 'all that in time');
}

my %stored;

for my $name (keys %bids) {
    $stored{$name}{ $_->{id} } = bytes($tender{$name}, $_, 1)
        for @{ $bids{$name} };
}


# at the end: the hashes, and nothing else yet

my %status = (none => 'unsuccessful', one => 'active.qualification',
              two => 'active.auction', many => 'active.auction');

for my $name (sort keys %status) {
    my $data = turned($t, $tender{$name}, $status{$name},
                      "$name: $status{$name}");

    is_deeply($data->{bidHashes},
              [sort map { $_->{receipt}{hash} } @{ $bids{$name} }],
              'the hashes of all receipts, in order');
    is($data->{numberOfBids}, scalar @{ $bids{$name} || [] }, 'so many bids');
    is(ref $data->{bids}, $name eq 'one' ? 'ARRAY' : '',
       'bids are shown when they are open');
}


# after the auction, which changes what a bid offers, but not what it was

for my $name (qw(two many)) {
    my $tender = $tender{$name};
    my $hashes = $c->get("$path/$tender->{id}")->json->{data}{bidHashes};
    my $view = $c->get("$path/$tender->{id}/auction")->json->{data};
    my @results = map { { id => $_->{id}, amount => 100 } }
                  @{ $view->{bids} };

    is($c->patch("$path/$tender->{id}/auction",
                 { data => { bids => \@results } })->status, 200,
       "$name: the auction reports");

    my $data = $c->get("/read/tenders/$tender->{id}")->json->{data};

    is_deeply($data->{bidHashes}, $hashes, 'the hashes stay');

    for my $bid (@{ $bids{$name} }) {
        my $now = $c->get("/read/tenders/$tender->{id}/bidders/$bid->{id}");

        is($now->json->{data}{totalValue}{amount}, 100, 'a new price');
        is($now->json->{receipt}, undef, 'which has no receipt');
        is(bytes($tender, $bid), $stored{$name}{ $bid->{id} },
           'what was handed in can still be read, by all');
        is(sha256_hex(bytes($tender, $bid)), $bid->{receipt}{hash},
           'as its receipt says');
    }
}

# nor does a judgement

{
    my ($tender, $bid) = ($tender{one}, $bids{one}[0]);

    is($c->patch("$path/$tender->{id}/bidders/$bid->{id}",
                 '{"data":{"status":"invalidBid"}}')->status, 200,
       'one is found invalid');
    is($c->patch("$path/$tender->{id}/bidders/$bid->{id}",
                 '{"data":{"status":"validBid"}}')->status, 200,
       'no, valid');
    is($c->get("$path/$tender->{id}/bidders/$bid->{id}")
         ->json->{data}{status}, 'validBid', 'so it is');
    is(bytes($tender, $bid), $stored{one}{ $bid->{id} },
       'what was handed in stays');
}


# anybody can check it, and would see a fraud

SKIP: {
    skip 'there is no curl', 7 if system 'command -v curl > /dev/null 2>&1';

    is(verify($tender{one}), "all 1 bids are as they were\n", 'one bid');
    is(verify($tender{two}), "all 2 bids are as they were\n", 'two bids');
    is(verify($tender{many}), "all 6 bids are as they were\n", 'many bids');
    is(verify($tender{none}), "all 0 bids are as they were\n", 'no bid');

    # by who can write to the store
    my $key = "{b0}:tender:$tender{two}{id}";
    my ($id) = map { $_->{id} } $bids{two}[0];
    my $kept = keep_store($t);
    my @keys = grep { $t->redis('TYPE', $_) eq 'hash'
                      && $t->redis('HEXISTS', $_, $id) }
               @{ $t->redis('KEYS', "$key*") };

    ok(@keys > 0, 'it is stored');
    $t->redis('HSET', $_, $id, $t->redis('HGET', $_, $id)
                               =~ s/"amount":\d+/"amount":99/r) for @keys;
    like(verify($tender{two}), qr/differ/, 'a changed bid shows');
    bring_back($t, $kept);
    $t->redis('HDEL', $_, $id) for @keys;
    like(verify($tender{two}), qr/EOF|differ/, 'and one that was taken away');
}


# where bids are open, each change has a receipt as well

{
    my $open = issue($t);
    my $bid = offer($t, $open, 5);

    is($bid->{receipt}{hash}, sha256_hex(bytes($open, $bid)), 'the same');
    is($c->get($bid->{url})->json->{receipt}, undef,
       'all can read it, and take its hash');
    is($c->get($open->{url})->json->{data}{bidHashes}, undef,
       'there is no end at which hashes are published');
}

$t->finish;
done_testing;
