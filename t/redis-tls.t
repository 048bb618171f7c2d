#!/usr/bin/perl

# Copyright (C) ngx_tender_module contributors

# Redis behind TLS: the certificate and its name are checked before anything
# is said.

use strict;
use warnings;

use File::Temp ();
use Test::More;

use lib 't/lib';
use Tender::Test;


my $DIR  = File::Temp->newdir('tender-XXXXXXXX', TMPDIR => 1);
my $NONE = '/api/0.1/tenders/' . 'f' x 32;
my $EC   = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';


sub run {
    my ($command) = @_;

    system("cd $DIR && $command > openssl.log 2>&1") == 0
        or die "$command: " . `cat $DIR/openssl.log`;
}


sub authority {
    my ($name) = @_;

    run("openssl req -x509 $EC -keyout $name.key -out $name.crt -days 3"
        . " -subj /CN=$name");
}


# dates are YYMMDDhhmmssZ

sub certificate {
    my ($name, $ca, $san, @dates) = @_;

    my %text = (
        "$name.ext" => "subjectAltName=$san\n",
        'index'     => '',
        'index.attr' => "unique_subject=no\n",
        'serial'    => "01\n",
        'ca.conf'   => "[ca]\ndefault_ca=x\n[x]\ndatabase=$DIR/index\n"
                       . "new_certs_dir=$DIR\nserial=$DIR/serial\n"
                       . "default_md=sha256\npolicy=p\n[p]\n"
                       . "commonName=supplied\n",
    );

    for my $file (keys %text) {
        open my $fh, '>', "$DIR/$file" or die "$file: $!";
        print $fh $text{$file};
    }

    @dates = ('20010101000000Z', '20991231000000Z') if !@dates;

    run("openssl req -new $EC -keyout $name.key -out $name.csr"
        . " -subj /CN=$name");
    run("openssl ca -batch -notext -config ca.conf -cert $ca.crt -keyfile"
        . " $ca.key -in $name.csr -out $name.crt -extfile $name.ext"
        . " -startdate $dates[0] -enddate $dates[1]");
}


# an nginx that wants TLS, and a Redis with a certificate

sub start {
    my ($certificate, $host, %opt) = @_;

    return Tender::Test->new(
        redis => $opt{plain} ? {
            conf => "$DIR/plain.conf", args => ['--port', '%%PORT_1%%'],
        } : { args => [
            '--tls-port', '%%PORT_1%%',
            '--tls-cert-file', "$DIR/$certificate.crt",
            '--tls-key-file', "$DIR/$certificate.key",
            '--tls-ca-cert-file', "$DIR/ca.crt",
            '--tls-auth-clients', 'no', @{ $opt{args} || [] },
        ] },
        redis_addr => "$host:%%PORT_1%%",
        http => "tender_redis_tls on; tender_redis_trusted_certificate"
                . " $DIR/ca.crt; tender_redis_password_file $DIR/password;"
                . ($opt{http} || ''),
        location => 'location /api/0.1/ { tender_api 0.1;
                         tender_anonymous write; tender_ownership off; }
                     location = /ping { return 200 pong; }',
    );
}


sub commands {
    my ($t) = @_;

    return join ' ', sort map { /cmdstat_(auth|client\|setname|set|get):/ }
                     split /\n/, $t->redis('INFO', 'commandstats');
}


sub works {
    my ($t, $name) = @_;

    ok($t->wait_for(sub { $t->get($NONE)->status == 404 }), "$name: works");
}


sub refused {
    my ($t, $name, $line) = @_;

    ok($t->wait_for(sub { $t->error_log =~ $line }),
       "$name: the log says why");

    my $r = $t->get($NONE);

    is($r->status, 503, "$name: 503");
    is($r->header('Retry-After'), 1, "$name: Retry-After");
    is($t->get('/ping')->status, 200, "$name: other locations answer");
    is(commands($t), '', "$name: not a word was said, least of all a password");
    unlike($t->error_log, qr/tls-s3cret/, "$name: none is in the log");
}


open my $fh, '>', "$DIR/plain.conf" or die;
print $fh "bind 127.0.0.1\nsave \"\"\n";
open $fh, '>', "$DIR/password" or die;
print $fh "tls-s3cret\n";
close $fh;

authority($_) for qw(ca other);
certificate('good', 'ca', 'DNS:localhost,IP:127.0.0.1');
certificate('named', 'ca', 'DNS:redis.example.com');
certificate('expired', 'ca', 'DNS:localhost', '20200101000000Z',
            '20200201000000Z');
certificate('early', 'ca', 'DNS:localhost', '20950101000000Z',
            '20960101000000Z');
certificate('foreign', 'other', 'DNS:localhost');
run("openssl req -x509 $EC -keyout self.key -out self.crt -days 3"
    . " -subj /CN=localhost -addext subjectAltName=DNS:localhost");


{
    my $t = start('good', 'localhost');

    # the account has no password: Redis says so to AUTH, which is after TLS

    $t->allow_errors(qr/AUTH/);
    $t->redis('CONFIG', 'SET', 'requirepass', 'tls-s3cret');
    works($t, 'a good certificate');

    is($t->post('/api/0.1/tenders', { data => {} })->status, 201, 'a write');

    my $text = 'x' x 90_000;
    my $r    = $t->post('/api/0.1/tenders', { data => {
        itemsToBeProcured => [map { { description => "$_$text" } } 1 .. 9],
    } });

    is($r->status, 201, 'a long write');

    my $id = $r->json->{data}{id};

    is($t->get("/api/0.1/tenders/$id")->json->{data}{itemsToBeProcured}[8]
           {description}, "9$text", 'a long read');

    my @statuses = $t->parallel(8, sub {
        my $c = $t->client;
        return join ' ', map { $c->get($NONE)->status } 1 .. 20;
    });

    is_deeply(\@statuses, [(join ' ', (404) x 20) x 8], 'several at once');

    # a link that is lost is opened again, and checked again

    $t->redis('AUTH', 'tls-s3cret');
    $t->redis('CLIENT', 'KILL', 'TYPE', 'normal');
    works($t, 'after a loss');

    $t->reload;
    works($t, 'after a reload');
    $t->finish;
}

{
    my $t = start('good', '127.0.0.1');

    $t->redis('CONFIG', 'SET', 'requirepass', 'tls-s3cret');
    works($t, 'an address in the certificate');
    $t->allow_errors(qr/AUTH/);
    $t->finish;
}

{
    my $t = start('named', 'localhost');

    refused($t, 'another name', qr/certificate of another name/);
    $t->finish;
}

{
    my $t = start('expired', 'localhost');

    refused($t, 'expired', qr/does not verify: "certificate has expired"/);
    $t->finish;
}

{
    my $t = start('early', 'localhost');

    refused($t, 'not valid yet',
            qr/does not verify: "certificate is not yet valid"/);
    $t->finish;
}

{
    my $t = start('foreign', 'localhost');

    refused($t, 'of another authority', qr/certificate that does not verify/);
    $t->finish;
}

{
    my $t = start('self', 'localhost');

    refused($t, 'of its own', qr/certificate that does not verify/);
    $t->finish;
}

{
    my $t = start('', 'localhost', plain => 1);

    refused($t, 'a server without TLS', qr/did not complete a TLS handshake/);
    $t->finish;
}

{
    # a server that speaks an old protocol only

    my $t = start('good', 'localhost', args => [
        '--tls-protocols', 'TLSv1.1',
    ]);

    refused($t, 'TLS 1.1', qr/did not complete a TLS handshake/);
    $t->finish;
}

{
    # a client without TLS for a server with it

    my $t = Tender::Test->new(
        redis => { args => [
            '--tls-port', '%%PORT_1%%', '--tls-cert-file', "$DIR/good.crt",
            '--tls-key-file', "$DIR/good.key",
            '--tls-ca-cert-file', "$DIR/ca.crt", '--tls-auth-clients', 'no',
        ] },
        redis_addr => '127.0.0.1:%%PORT_1%%',
    );

    ok($t->wait_for(sub { $t->error_log =~ /trying again/ }),
       'no TLS for a server with it: the log says so');
    is($t->get($NONE)->status, 503, 'no TLS for a server with it: 503');
    $t->finish;
}


# what the configuration refuses

sub wrong {
    my ($name, $message, $addr, $http) = @_;

    my $t = eval {
        Tender::Test->new(redis => 0, redis_addr => $addr, http => $http);
    };

    ok(!$t, "$name is refused");
    like($@, $message, "$name: and why");
}

wrong('TLS without an authority', qr/needs "tender_redis_trusted_certificate"/,
      'localhost:1', 'tender_redis_tls on;');
wrong('TLS on a unix socket', qr/unix/, 'unix:/nowhere',
      "tender_redis_tls on; tender_redis_trusted_certificate $DIR/ca.crt;");
wrong('a missing authority', qr/nowhere/, 'localhost:1',
      "tender_redis_tls on; tender_redis_trusted_certificate $DIR/nowhere;");


done_testing;
