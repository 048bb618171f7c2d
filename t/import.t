#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Tenders that come with their bids and awards, from elsewhere or from the
# past; and that a change of a tender never touches those.

use strict;
use warnings;

use Test::More;

use lib 't/lib';
use Tender::Api qw(:DEFAULT :life);
use Tender::Test;


my $t = Tender::Test->new(location => <<'END');
        client_max_body_size 4m;

        location /api/0.1/ { tender_api 0.1; tender_anonymous write;
                             tender_ownership off; }
        location /own/ { tender_api 0.1; tender_anonymous write; }
        location /two/ { tender_api 0.1; tender_anonymous write;
                         tender_max_bids 2; }
        location /read/ { tender_api 0.1; tender_anonymous read; }
END

my $c = $t->client;
my $path = '/api/0.1/tenders';
my @id = map { $_ x 32 } 'a' .. 'f';


sub bring {
    my ($data, $url) = @_;

    return $c->post($url || $path, "{\"data\":$data}");
}


# all of it

my $bids = qq([{"id":"$id[1]","date":"2014-10-02T10:00:00.123+03:00","status":)
           . '"validBid","bidders":[{"id":{"name":"B"}}],"totalValue":{'
           . '"amount":489.50,"currency":"UAH","valueAddedTaxIncluded":true}}'
           . qq(,{"id":"$id[0]","date":"2014-10-01T10:00:00","status":)
           . '"invalidBid","totalValue":{"amount":480}}]';
my $awards = qq([{"awardID":"$id[2]","awardDate":"2014-10-04","awardStatus":)
             . qq("active","bid_id":"$id[1]","title":"t","awardValue":{)
             . '"amount":489.50,"currency":"UAH","valueAddedTaxIncluded":true}'
             . ',"suppliers":[{"id":{"name":"B"}}]},'
             . qq({"awardID":"$id[3]","awardDate":"2014-10-03","awardStatus":)
             . qq("unsuccessful","bid_id":"$id[0]"}]);
my $r = bring('{"title":"T","tenderPeriod":{"endDate":"2014-10-03"},'
               . "\"bids\":$bids,\"awards\":$awards,"
               . '"totalValue":{"amount":500,"currency":"UAH"}}');
my $tender = created($r);
my $got = $c->get($tender->{url});

is($got->body, bare($r), 'GET gives what POST has answered');
is($got->header('ETag'), $r->header('ETag'), 'with its tag');
is($r->body =~ s/.*"modified":"[^"]*",//r, '"status":"active.awarded",'
   . '"title":"T","tenderPeriod":{"endDate":"2014-10-03"},'
   . '"totalValue":{"amount":500,"currency":"UAH",'
   . '"valueAddedTaxIncluded":true},"numberOfBids":2,"bids":['
   . qq({"id":"$id[0]","date":"2014-10-01T10:00:00.000Z",)
   . '"status":"invalidBid","totalValue":{"amount":480,"currency":"UAH",'
   . '"valueAddedTaxIncluded":true}},'
   . qq({"id":"$id[1]","date":"2014-10-02T07:00:00.123Z",)
   . '"status":"validBid","bidders":[{"id":{"name":"B"}}],"totalValue":{'
   . '"amount":489.50,"currency":"UAH","valueAddedTaxIncluded":true}}],'
   . qq("awards":[{"awardID":"$id[3]",)
   . '"awardDate":"2014-10-03T00:00:00.000Z","awardStatus":"unsuccessful",'
   . qq("bid_id":"$id[0]"},{"awardID":"$id[2]",)
   . '"awardDate":"2014-10-04T00:00:00.000Z","awardStatus":"active",'
   . qq("bid_id":"$id[1]","title":"t","awardValue":{"amount":489.50,)
   . '"currency":"UAH","valueAddedTaxIncluded":true},"suppliers":[{'
   . '"id":{"name":"B"}}]}]},"access":{"token":"'
   . "$tender->{token}\"}}",
   'bids and awards by their dates') or diag($r->body);

is_deeply($c->get("$tender->{url}/bidders")->json->{data},
          $tender->{data}{bids}, 'the bids');
is_deeply($c->get("$tender->{url}/awards")->json->{data},
          $tender->{data}{awards}, 'the awards');
is_deeply($c->get("$tender->{url}/bidders/$id[1]")->json->{data},
          $tender->{data}{bids}[1], 'a bid');
is_deeply($c->get("$tender->{url}/awards/$id[2]")->json->{data},
          $tender->{data}{awards}[1], 'an award');
is($c->get("$tender->{url}/bidders/$id[1]")->header('ETag'),
   $r->header('ETag'), 'their tag is the moment of the import');
is(scalar events($t), 1, 'one event');
is_deeply([map { $_->{id} }
           @{ $c->get("$path?status=active.awarded")->json->{data} }],
          [$tender->{id}], 'it is in the list of its status');
is($c->get("$path?status=active.tendering")->body =~ /$tender->{id}/, '',
   'and in no other');


# it lives on from there

is($c->patch($tender->{url}, '{"data":{"status":"complete"}}')
     ->json->{data}{status}, 'complete', 'it can be completed');


# what follows from the awards

for my $case (
    ['', 'active.tendering'],
    ['pending', 'active.qualification'],
    ['active', 'active.awarded'],
    ['unsuccessful', 'active.tendering'],
    ['cancelled', 'active.tendering'],
    ['unsuccessful pending', 'active.qualification'],
    ['unsuccessful active cancelled', 'active.awarded'],
) {
    my ($statuses, $expected) = @$case;
    my $list = join ',', map { "{\"awardStatus\":\"$_\"}" }
                         split / /, $statuses;
    my $new = created(bring("{\"awards\":[$list],\"status\":\"complete\"}"));

    is($new->{data}{status}, $expected, "awards $statuses: $expected");
    is($c->get($new->{url})->json->{data}{status}, $expected, 'so it stays');
    is($new->{data}{numberOfBids}, undef, 'no bids');
}

# what is left out is made

{
    my $new = created(bring('{"bids":[{},{"id":null,"date":null,"status":'
                             . 'null,"totalValue":{"amount":"5"}}],'
                             . '"awards":[{}]}'));
    my $data = $new->{data};
    my @ids = map { $_->{id} || $_->{awardID} } @{ $data->{bids} },
              @{ $data->{awards} };

    like($_, qr/^[0-9a-f]{32}$/, 'an id') for @ids;
    is(keys %{ { map { $_ => 1 } @ids } }, 3, 'all of them differ');
    is($_->{status}, 'registration', 'registration') for @{ $data->{bids} };
    is($data->{awards}[0]{awardStatus}, 'pending', 'pending');
    is($_, $data->{modified}, 'the date of the import')
        for map { $_->{date} || $_->{awardDate} } @{ $data->{bids} },
            @{ $data->{awards} };
    is($data->{numberOfBids}, 2, 'two bids');
    is_deeply($c->get($new->{url})->json->{data}, $data, 'as it is stored');

    # nobody has their tokens
    my $bid = "$new->{url}/bidders/$ids[0]" =~ s{/api/0.1}{/own}r;

    refused($c->patch("$bid?acc_token=$_", '{"data":{"bidders":[]}}'), 403,
            [url => 'permission', 'Forbidden'], 'no token opens them: '
            . substr $_, 0, 8)
        for '-', '', $ids[0], '0' x 32;
    is($c->patch("$bid?acc_token=$new->{token}",
                 '{"data":{"status":"validBid"}}')->json->{data}{status},
       'validBid', 'who has published it may judge them');
}

# ids need be of their own in one tender alone

is(bring("{\"bids\":[{\"id\":\"$id[0]\"}]}")->status, 201,
   'the same id in another tender');

# empty lists are none, and documents come another way

for my $data ('{"bids":[],"awards":[]}', '{"bids":null,"awards":null}',
              '{"documents":[{"x":1}],"numberOfBids":7,"bidHashes":["x"]}',
              '{}')
{
    my $new = bring($data);

    is($new->status, 201, $data) or diag($new->body);
    is(join(' ', sort keys %{ $new->json->{data} }),
       'id modified status tenderID', 'nothing comes of it');
}


# refusals: nothing is stored

my $before = everything($t);
my $soon = date_in(3600) . 'Z';
my $late = date_in(7200) . 'Z';
my $time = 'A tender whose tenderPeriod.endDate is in the future starts '
           . 'without them';
my $status = "Value must be one of ['registration', 'validBid', "
             . "'invalidBid'].";
my $same = 'currency of bid should be identical to currency of value of '
           . 'tender';

for my $case (
    ['{"bids":{}}', bids => ['Please provide a list of values for this '
                             . 'field.']],
    ['{"bids":[5]}', bids => ['Please use a mapping for this field or Bid '
                              . 'instance instead of int.']],
    ['{"awards":[5]}', awards => ['Please use a mapping for this field or '
                                  . 'Award instance instead of int.']],
    ['{"bids":[{"x":1}]}', bids => { x => 'Rogue field' }],
    ['{"awards":[{"x":1}]}', awards => { x => 'Rogue field' }],
    ['{"bids":[{"awardStatus":"active"}]}', bids => { awardStatus =>
     'Rogue field: this is an award, send it to /awards' }],
    ['{"bids":[{"id":"x"}]}',
     bids => [{ id => ['Hash value is wrong length.'] }]],
    ['{"awards":[{"awardID":"x"}]}',
     awards => [{ awardID => ['Hash value is wrong length.'] }]],
    ['{"bids":[{"date":"x"}]}',
     bids => { date => ['Could not parse x. Should be ISO8601.'] }],
    ['{"bids":[{"status":"x"}]}', bids => [{ status => [$status] }]],
    ['{"awards":[{"awardStatus":"x"}]}', awards => [{ awardStatus => [
     "Value must be one of ['pending', 'active', 'unsuccessful', "
     . "'cancelled']."] }]],
    [qq({"bids":[{"id":"$id[0]"},{"id":"$id[0]"}]}),
     bids => ['Bid id should be uniq for all bids']],
    [qq({"awards":[{"awardID":"$id[0]"},{"awardID":"$id[0]"}]}),
     awards => ['Award id should be uniq for all awards']],
    [qq({"awards":[{"bid_id":"$id[0]"}]}),
     awards => ['bid_id should be one of bids']],
    [qq({"bids":[{"id":"$id[0]"}],"awards":[{"bid_id":"$id[1]"}]}),
     awards => ['bid_id should be one of bids']],
    ['{"awards":[{"awardStatus":"active"},{"awardStatus":"active"}]}',
     awards => ['Only one award should be active']],
    ['{"awards":[{"awardStatus":"pending"},{"awardStatus":"active"}]}',
     awards => 'No award is pending beside an active one'],
    [qq({"bids":[{"id":"$id[0]","status":"invalidBid"}],)
     . qq("awards":[{"bid_id":"$id[0]","awardStatus":"active"}]}),
     awards => 'The active award is to an invalid bid'],
    ['{"bids":[{"date":"9999-12-31"}]}',
     bids => 'One of them has a date in the future'],
    ['{"bids":[{"date":"1969-12-31"}]}',
     bids => 'One of them has a date before 1970'],
    ['{"awards":[{"awardDate":"1969-12-31"}]}',
     awards => 'One of them has a date before 1970'],
    ['{"totalValue":{"amount":5,"currency":"UAH"},"bids":[{},{"totalValue":{'
     . '"amount":4,"currency":"EUR"}}]}', bids => [{}, { totalValue =>
     [$same] }]],
    ['{"totalValue":{"amount":5,"currency":"JPY"},"bids":[{"totalValue":{'
     . '"amount":4.5}}]}', bids => [{ totalValue => { amount => [
     'Amount has more than 0 decimal places.'] } }]],
    ['{"features":[{"code":"a","enum":[{"value":0}]}],"bids":[{"parameters":['
     . '{"code":"a","value":0}]},{}]}', bids => [{}, { parameters => [
     'All features parameters is required.'] }]],
    ["{\"tenderPeriod\":{\"endDate\":\"$soon\"},\"bids\":[{}]}",
     bids => $time],
    ["{\"tenderPeriod\":{\"endDate\":\"$soon\"},\"awards\":[{}]}",
     awards => $time],
    ["{\"tenderPeriod\":{\"startDate\":\"$soon\",\"endDate\":\"$late\"},"
     . '"bids":[{}],"awards":[{}]}', bids => $time],
) {
    my ($data, $name, $description) = @$case;

    refused(bring($data), 422, [body => $name, $description], $data);
}

for my $kind (qw(bids awards)) {
    refused(bring("{\"$kind\":[{},{},{}]}", '/two/tenders'), 422,
            [body => $kind, 'More than a tender takes here'],
            "too many $kind");

    my ($one, $n) = $kind eq 'bids'
                  ? ('{"id":{"name":"' . 'x' x 1000 . '"}}', 33)
                  : ('{"description":"' . 'x' x 90_000 . '"}', 3);

    $one = "\"" . ($kind eq 'bids' ? 'bidders' : 'itemsAwarded') . '":['
           . join(',', ($one) x $n) . ']';
    refused(bring("{\"$kind\":[{},{$one}]}"), 422,
            [body => $kind, 'One of them is too large'], "$kind: too large");
}

ok(everything($t) eq $before, 'nothing was stored by all that');
is(bring('{"bids":[{},{}],"awards":[{},{"awardStatus":"cancelled"}]}',
          '/two/tenders')->status, 201, 'as many as there may be');
is(bring("{\"tenderPeriod\":{\"endDate\":\"$soon\"},\"bids\":[],"
          . '"awards":[]}')->status, 201, 'none may come with any');
refused($c->post('/read/tenders', '{"data":{"bids":[{}]}}'), 401,
        [url => 'permission', 'Credentials are needed here'], 'read only');


# from one store to another: what GET gives is taken

{
    my $copy = created($c->post($path, $got->body));
    my $data = { %{ $copy->{data} } };
    my $was = { %{ $tender->{data} } };

    isnt($copy->{id}, $tender->{id}, 'it has an id of its own');
    delete @$_{qw(id tenderID modified)} for $data, $was;
    is_deeply($data, $was, 'all else is the same');
}


# a change of a tender is none of its bids and awards

{
    my $live = created(bring("{\"bids\":$bids,\"totalValue\":{\"amount\":500,"
                              . '"currency":"UAH"}}'));
    my $all = $c->get($live->{url});

    for my $data ('{"bids":[]}', '{"bids":null,"awards":null,'
                  . '"documents":null}', '{"bids":[{"totalValue":null}]}',
                  '{"bids":[{},{},{"id":"' . $id[5] . '"}]}', '{"bids":5}',
                  '{"awards":[{"awardStatus":"active"}]}',
                  '{"bids":[{"x":1}],"awards":{},"documents":"x"}',
                  '{"numberOfBids":5,"bidHashes":[]}')
    {
        $r = $c->patch($live->{url}, "{\"data\":$data}");

        is($r->status, 200, "PATCH $data") or diag($r->body);
        is($r->body, $all->body, 'nothing changes');
        is($r->header('ETag'), $all->header('ETag'), 'nor does the tag');
    }

    $r = $c->put($live->{url}, $all->body);
    is($r->body, $all->body, 'PUT of what GET gave changes nothing');
    is($r->header('ETag'), $all->header('ETag'), 'nor the tag');
    is(stored($t, $live->{id})->{rev}, 1, 'nothing was stored');

    $r = $c->put($live->{url}, '{"data":{"title":"U","bids":[],"awards":[{}],'
                               . '"totalValue":{"amount":1,"currency":"UAH"}}'
                               . '}');
    is($r->json->{data}{title}, 'U', 'PUT of another');
    is_deeply($r->json->{data}{bids}, $live->{data}{bids}, 'keeps the bids');
    is($r->json->{data}{numberOfBids}, 2, 'all of them');

    $r = $c->patch($live->{url}, '{"data":{"title":"V","bids":[]}}',
                   { Prefer => 'return=minimal' });
    is(join(' ', sort keys %{ $r->json->{data} }),
       'id modified tenderID title', 'the short answer tells no bids');
    is_deeply($c->get("$live->{url}/bidders")->json->{data},
              $live->{data}{bids}, 'they are still there');
    unlike(stored($t, $live->{id})->{doc}, qr/bids/,
           'the document knows nothing of them');
    unlike(join('', map { $_->[2] } revisions($t, $live->{id})), qr/bids/,
           'nor do its revisions');
}

$t->finish;
done_testing;
